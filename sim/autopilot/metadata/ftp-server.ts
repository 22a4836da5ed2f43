import type { MetadataFile } from './component-metadata.ts';
import {
  FTP_DATA_BYTES,
  FTP_ERROR,
  FTP_OPCODE,
  readFtpPacket,
  writeFtpPacket,
  type FtpPacket,
} from './ftp-packet.ts';

const NO_PACKETS: readonly number[][] = [];

/** Packets of a burst in one step of 4 ms, so that it does not crowd out the telemetry. */
const BURST_PACKETS = 4;

type Answer = Pick<FtpPacket, 'opcode' | 'data'> & Partial<FtpPacket>;

interface Burst {
  request: FtpPacket;
  sequence: number;
  offset: number;
}

const nak = (...codes: number[]): Answer => ({
  opcode: FTP_OPCODE.nak,
  data: Uint8Array.from(codes),
});

const ack = (data: Uint8Array = new Uint8Array()): Answer => ({ opcode: FTP_OPCODE.ack, data });

const uint32Bytes = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
};

/**
 * The reading half of MAVLink FTP over a few files in memory. One session, as PX4 has; nothing can be
 * written. A request that comes again is answered as before, without being carried out again.
 */
export class FtpServer {
  readonly #files: ReadonlyMap<string, MetadataFile>;
  #open: MetadataFile | undefined;
  #burst: Burst | undefined;
  #answered: { sequence: number; opcode: number; payload: number[] } | undefined;

  constructor(files: readonly MetadataFile[]) {
    this.#files = new Map(files.map((file) => [file.path, file]));
  }

  /** The answer to a FILE_TRANSFER_PROTOCOL payload; undefined where {@link step} gives it. */
  receive(payload: readonly number[]): number[] | undefined {
    const request = readFtpPacket(payload);
    const { sequence, opcode } = request;
    const before = this.#answered;
    if (before !== undefined && before.sequence === sequence && before.opcode === opcode) {
      return before.payload;
    }
    if (opcode === FTP_OPCODE.burstRead && this.#open !== undefined) {
      this.#burst = { request, sequence: sequence + 1, offset: request.offset };
      return undefined;
    }
    const answer = this.#write(request, sequence + 1, this.#answerTo(request));
    this.#answered = { sequence, opcode, payload: answer };
    return answer;
  }

  /** The next packets of a burst. */
  step(): readonly number[][] {
    if (this.#burst === undefined) return NO_PACKETS;
    const packets: number[][] = [];
    while (this.#burst !== undefined && packets.length < BURST_PACKETS) {
      packets.push(this.#nextOf(this.#burst));
    }
    return packets;
  }

  #nextOf(burst: Burst): number[] {
    const { request, sequence, offset } = burst;
    const answer = this.#read({ ...request, offset });
    const atEnd = offset + answer.data.length >= (this.#open?.bytes.length ?? 0);
    const isLast = answer.opcode === FTP_OPCODE.nak || atEnd;
    const packet = this.#write(request, sequence, { ...answer, offset, burstComplete: isLast });
    burst.sequence += 1;
    burst.offset += answer.data.length;
    if (isLast) this.#burst = undefined;
    return packet;
  }

  #answerTo(request: FtpPacket): Answer {
    switch (request.opcode) {
      case 0:
        return ack();
      case FTP_OPCODE.terminateSession:
      case FTP_OPCODE.resetSessions:
        this.#open = undefined;
        this.#burst = undefined;
        return ack();
      case FTP_OPCODE.listDirectory:
        return this.#list(request);
      case FTP_OPCODE.openReadOnly:
        return this.#openFile(request);
      case FTP_OPCODE.readFile:
      case FTP_OPCODE.burstRead:
        return this.#read(request);
      case FTP_OPCODE.fileCrc: {
        const file = this.#fileAt(request);
        return file === undefined ? nak(FTP_ERROR.fileNotFound) : ack(uint32Bytes(file.crc));
      }
      default:
        return request.opcode >= FTP_OPCODE.createFile && request.opcode < FTP_OPCODE.fileCrc
          ? nak(FTP_ERROR.fileProtected)
          : nak(FTP_ERROR.unknownCommand);
    }
  }

  #openFile(request: FtpPacket): Answer {
    const file = this.#fileAt(request);
    if (file === undefined) return nak(FTP_ERROR.fileNotFound);
    this.#open = file;
    return ack(uint32Bytes(file.bytes.length));
  }

  #read({ offset, size }: FtpPacket): Answer {
    if (this.#open === undefined) return nak(FTP_ERROR.invalidSession);
    const { bytes } = this.#open;
    if (offset >= bytes.length) return nak(FTP_ERROR.endOfFile);
    const wanted = size === 0 ? FTP_DATA_BYTES : Math.min(size, FTP_DATA_BYTES);
    return ack(bytes.subarray(offset, offset + wanted));
  }

  /** Entries from the offset on, each with its kind and a zero behind it. */
  #list({ data, offset }: FtpPacket): Answer {
    const directory = `${pathOf(data).replace(/\/+$/u, '')}/`;
    const entries = new Set<string>();
    for (const { path, bytes } of this.#files.values()) {
      if (!path.startsWith(directory)) continue;
      const [name, ...deeper] = path.slice(directory.length).split('/');
      entries.add(deeper.length > 0 ? `D${name}` : `F${name}\t${bytes.length}`);
    }
    if (entries.size === 0) return nak(FTP_ERROR.fileNotFound);
    const left = [...entries].slice(offset);
    if (left.length === 0) return nak(FTP_ERROR.endOfFile);
    return ack(Buffer.from(left.map((entry) => `${entry}\0`).join('')).subarray(0, FTP_DATA_BYTES));
  }

  #fileAt({ data }: FtpPacket): MetadataFile | undefined {
    return this.#files.get(pathOf(data));
  }

  #write(request: FtpPacket, sequence: number, answer: Answer): number[] {
    return writeFtpPacket({
      session: request.session,
      requestOpcode: request.opcode,
      burstComplete: false,
      offset: request.offset,
      ...answer,
      sequence: sequence & 0xffff,
      size: answer.data.length,
    });
  }
}

const pathOf = (data: Uint8Array): string => {
  const text = Buffer.from(data).toString('utf8').split('\0')[0]!;
  return text.startsWith('/') ? text : `/${text}`;
};
