import { Recorder, type RecorderAnswers } from '#agent/recorder.ts';
import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { encodeAcknowledgement } from '#protocols/log/batch.ts';
import { encodeLogHead, type LogHead } from '#protocols/log/log-head.ts';
import type { FlightInfo } from '#protocols/log/segment-meta.ts';
import { FlightWriter, type LogTime } from '#protocols/log/writer.ts';
import type { Sized } from '#protocols/sized.ts';
import type { Companion, ProcessHost, ProcessName } from './companion.ts';

/** As in agent/recorder/main.ts. */
const COMMIT_MS = 200;
const SENDERS = ['pilot', 'mesh', 'mind'] as const;

interface Running {
  recorder: Recorder<ProcessName>;
  dueMs: number;
}

/**
 * The recorder's process in lockstep. Its disk is asynchronous as the real one is: what it begins is
 * handed to `await`, and must have ended before the episode's next step.
 */
export class RecorderHost implements ProcessHost {
  readonly #companion: Companion;
  readonly #flight: () => FlightInfo;
  readonly #pending: (work: Promise<void>) => void;
  #running: Running | undefined;
  /** Counts starts and kills: work of an earlier life must not touch this one. */
  #life = 0;

  /** @param flight that of the computer's present boot. */
  constructor(
    companion: Companion,
    flight: () => FlightInfo,
    pending: (work: Promise<void>) => void,
  ) {
    this.#companion = companion;
    this.#flight = flight;
    this.#pending = pending;
  }

  get running(): boolean {
    return this.#running !== undefined;
  }

  /** For whoever judges the episode. */
  get sizes(): readonly Sized[] {
    return this.#running?.recorder.sizes ?? [];
  }

  start(): void {
    this.#life += 1;
    this.#pending(this.#orEnds(this.#life, this.#open(this.#life)));
  }

  /** An error of the disk ends the process; its supervisor starts it again. */
  async #orEnds(life: number, work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch {
      if (life === this.#life) this.#companion.ended('recorder');
    }
  }

  async #open(life: number): Promise<void> {
    const writer = await FlightWriter.open(
      this.#companion.storage.log,
      this.#flight(),
      this.#now(),
    );
    if (life !== this.#life) return;
    this.#running = {
      recorder: new Recorder<ProcessName>(writer),
      dueMs: this.#companion.clock.monotonicMs() + COMMIT_MS,
    };
    this.#tellHead(writer.head(this.#now()));
    for (const to of SENDERS) {
      this.#companion.send(to, MESSAGE_TYPE.records, new Uint8Array(0), 'recorder');
    }
  }

  kill(): void {
    this.#life += 1;
    this.#running = undefined;
  }

  /** Ends the flight as SIGTERM does. */
  async close(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.#life += 1;
    if (running === undefined) return;
    try {
      this.#answer(await running.recorder.close(this.#now()));
    } catch {
      // A disk that fails now leaves a log without an end, as it would there.
    }
  }

  hear(type: number, payload: Uint8Array, from: ProcessName): void {
    if (type === MESSAGE_TYPE.records) this.#running?.recorder.accept(from, payload);
  }

  step(): void {
    const running = this.#running;
    if (running === undefined) return;
    const nowMs = this.#companion.clock.monotonicMs();
    if (nowMs < running.dueMs) return;
    running.dueMs = nowMs + COMMIT_MS;
    this.#pending(this.#orEnds(this.#life, this.#commit(running)));
  }

  async #commit({ recorder }: Running): Promise<void> {
    const life = this.#life;
    const answers = await recorder.commit(this.#now());
    if (life === this.#life) this.#answer(answers);
  }

  #answer({ acknowledgements, heads }: RecorderAnswers<ProcessName>): void {
    for (const [to, number] of acknowledgements) {
      const word = encodeAcknowledgement(number);
      this.#companion.send(to, MESSAGE_TYPE.recordsAcknowledged, word, 'recorder');
    }
    for (const head of heads) this.#tellHead(head);
  }

  #tellHead(head: LogHead): void {
    this.#companion.send('mesh', MESSAGE_TYPE.logHead, encodeLogHead(head), 'recorder');
  }

  #now(): LogTime {
    const { clock } = this.#companion;
    return { monotonicMs: clock.monotonicMs(), unixUs: clock.unixUs() };
  }
}
