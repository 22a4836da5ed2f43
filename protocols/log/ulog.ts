import {
  MessageType,
  ULog,
  type FieldStruct,
  type Filelike,
  type MessageParameter,
} from '@foxglove/ulog';
import { Fault } from '../fault.ts';
import { scanUlog, unreadable } from './ulog-scan.ts';

/** One logged topic as columns: `x`, `q[2]`, `esc[0].rpm`. Booleans are 0 and 1. */
export interface UlogTopic {
  readonly name: string;
  /** PX4's multi_id: 0 for the first of its kind. */
  readonly instance: number;
  /** Seconds since the vehicle's boot, one for each row; not always increasing. */
  readonly timeS: Float64Array;
  readonly columns: ReadonlyMap<string, Float64Array>;
}

export interface UlogText {
  timeS: number;
  /** syslog's level: 0 emergency … 7 debug. */
  level: number;
  text: string;
}

/** A parameter that changed while the log was written. */
export interface UlogParameterChange {
  /** Seconds since boot of the latest row before it. */
  timeS: number;
  name: string;
  value: number;
}

/** A flight log of PX4, whole, in memory. */
export interface Ulog {
  /** `sys_name`, `ver_sw`, `ver_hw`, … as far as they are text or numbers. */
  readonly information: ReadonlyMap<string, string | number>;
  /** As they were when logging began. */
  readonly parameters: ReadonlyMap<string, number>;
  readonly parameterChanges: readonly UlogParameterChange[];
  readonly topics: readonly UlogTopic[];
  readonly texts: readonly UlogText[];
}

/** The parser runs past the end of arrays that share a buffer: each gets its own copy (a Buffer.slice would share). */
const fileOver = (bytes: Uint8Array): Filelike => ({
  open: () => Promise.resolve(bytes.length),
  read: (offset, length) =>
    Promise.resolve(new Uint8Array(bytes.subarray(offset, offset + length))),
  size: () => bytes.length,
});

/** Grows column by column; the first row says which there are. */
class TopicBuilder {
  readonly name: string;
  readonly instance: number;
  readonly #times: number[] = [];
  readonly #columns = new Map<string, number[]>();

  constructor(name: string, instance: number) {
    this.name = name;
    this.instance = instance;
  }

  push(timestampUs: bigint, row: FieldStruct): void {
    this.#times.push(Number(timestampUs) / 1e6);
    for (const [key, value] of Object.entries(row)) {
      if (key !== 'timestamp' && !key.startsWith('_padding')) this.#flatten(key, value);
    }
  }

  #flatten(key: string, value: unknown): void {
    if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
      const column = this.#columns.get(key);
      if (column === undefined) this.#columns.set(key, [Number(value)]);
      else column.push(Number(value));
    } else if (Array.isArray(value) || ArrayBuffer.isView(value)) {
      const items: Iterable<unknown> = value as unknown as Iterable<unknown>;
      let at = 0;
      for (const item of items) {
        this.#flatten(`${key}[${at}]`, item);
        at += 1;
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const [inner, item] of Object.entries(value)) this.#flatten(`${key}.${inner}`, item);
    }
  }

  finish(): UlogTopic {
    const rows = this.#times.length;
    const columns = new Map<string, Float64Array>();
    for (const [key, values] of this.#columns) {
      if (values.length === rows) columns.set(key, Float64Array.from(values));
    }
    const timeS = Float64Array.from(this.#times);
    return { name: this.name, instance: this.instance, timeS, columns };
  }
}

/** The parser hands these over too, against its own types. */
const isParameter = (message: { type: MessageType }): message is MessageParameter =>
  message.type === MessageType.Parameter;

/** `int32_t NAME` or `float NAME`, and four bytes. */
const parameterOf = ({
  key,
  value,
}: {
  key: string;
  value: Uint8Array;
}): {
  name: string;
  value: number;
} => {
  const [type, name] = key.split(' ');
  if (name === undefined || value.length !== 4) throw unreadable('a parameter without a value');
  const view = new DataView(value.buffer, value.byteOffset, 4);
  return { name, value: type === 'float' ? view.getFloat32(0, true) : view.getInt32(0, true) };
};

const readTopics = async (
  log: ULog,
): Promise<Pick<Ulog, 'topics' | 'texts' | 'parameterChanges'>> => {
  const builders = new Map<number, TopicBuilder>();
  const texts: UlogText[] = [];
  const parameterChanges: UlogParameterChange[] = [];
  let timeS = 0;
  for await (const message of log.readMessages()) {
    if (message.type === MessageType.Data && 'value' in message) {
      const { msgId, value } = message;
      let builder = builders.get(msgId);
      if (builder === undefined) {
        const subscription = log.subscriptions.get(msgId);
        builder = new TopicBuilder(subscription?.name ?? String(msgId), subscription?.multiId ?? 0);
        builders.set(msgId, builder);
      }
      builder.push(value.timestamp, value);
      timeS = Number(value.timestamp) / 1e6;
    } else if (isParameter(message)) {
      parameterChanges.push({ timeS, ...parameterOf(message) });
    } else if (message.type === MessageType.Log && 'message' in message) {
      const { timestamp, logLevel, message: text } = message;
      // PX4 writes the level as an ASCII digit.
      texts.push({ timeS: Number(timestamp) / 1e6, level: Number(logLevel) - 48, text });
    }
  }
  return {
    topics: [...builders.values()].map((builder) => builder.finish()),
    texts,
    parameterChanges,
  };
};

/**
 * Reads a whole PX4 flight log (docs.px4.io, "ULog File Format"). A log that breaks off, as one of a
 * vehicle that lost power, gives what is whole. Throws the Fault `ulog-unreadable`.
 */
export const readUlog = async (bytes: Uint8Array): Promise<Ulog> => {
  scanUlog(bytes);
  const log = new ULog(fileOver(bytes));
  try {
    await log.open();
    const information = new Map<string, string | number>();
    for (const [key, value] of log.header?.information ?? []) {
      if (typeof value === 'string' || typeof value === 'number') information.set(key, value);
    }
    const parameters = new Map<string, number>();
    for (const [name, { value }] of log.header?.parameters ?? []) parameters.set(name, value);
    return { information, parameters, ...(await readTopics(log)) };
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw unreadable(cause instanceof Error ? cause.message : String(cause));
  }
};
