import { appendFileSync, existsSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

import { z } from 'zod';

import { Fault } from '#protocols/fault.ts';
import type { FuzzSettings } from '#sim/fuzz/fuzz-episode.ts';
import type { SeedOutcome } from '#sim/fuzz/run-fuzz-episode.ts';

const count = z.number().min(0);

const outcomeSchema = z.union([
  z.strictObject({ seed: z.int(), crash: z.string() }),
  z.strictObject({
    seed: z.int(),
    mission: z.string(),
    drones: z.int().min(1),
    planner: z.enum(['analytic', 'learned']),
    radio: z.string(),
    isCut: z.boolean(),
    faults: z.array(z.string()),
    kinds: z.array(z.string()),
    violations: z.array(
      z.strictObject({
        invariant: z.string(),
        atMs: count,
        drones: z.array(z.int()),
        detail: z.string(),
      }),
    ),
    simulatedMs: count,
    ended: z.boolean(),
    tasksDone: count,
    flownHours: count,
    abortDelaysMs: z.array(count),
    digest: z.string(),
  }),
]);

/**
 * The journal of a fuzzing run: one line of JSON that says what is flown, then one for each seed, added as
 * it comes. A run that was cut off goes on from it; a last line that was cut short is flown again.
 */
export class FuzzJournal {
  readonly #file: string;
  /** What is in it so far, of earlier runs too. */
  readonly outcomes: SeedOutcome[] = [];
  #bytes: number;

  /**
   * Throws Fault 'fuzz-journal-unreadable', 'fuzz-journal-malformed' (which names the line), or
   * 'fuzz-journal-other-run' when it was made with other options.
   */
  constructor(file: string, settings: FuzzSettings) {
    this.#file = file;
    const head = { skein: 'fuzz', version: 2, settings: JSON.parse(JSON.stringify(settings)) };
    const text = existsSync(file) ? readText(file) : '';
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    this.#bytes = Buffer.byteLength(whole);
    const [first, ...lines] = whole.split('\n').slice(0, -1);
    if (first === undefined) {
      this.#truncate();
      this.#append(JSON.stringify(head));
      return;
    }
    if (!isDeepStrictEqual(parsed(first, file, 1), head)) {
      throw new Fault('fuzz-journal-other-run', `${file}: made with other options`, {
        exit: 'usage',
        data: { file },
        remedy: 'Fly it with the options it was begun with, or choose another file with --out.',
      });
    }
    for (const [index, line] of lines.entries()) {
      const outcome = outcomeSchema.safeParse(parsed(line, file, index + 2));
      if (!outcome.success) throw malformed(file, index + 2);
      this.outcomes.push(outcome.data as SeedOutcome);
    }
    if (whole.length < text.length) this.#truncate();
  }

  /** Throws Fault 'fuzz-journal-unwritable': what came before is kept. */
  add(outcome: SeedOutcome): void {
    this.#append(JSON.stringify(outcome));
    this.outcomes.push(outcome);
  }

  #append(line: string): void {
    const text = `${line}\n`;
    try {
      appendFileSync(this.#file, text);
      this.#bytes += Buffer.byteLength(text);
    } catch (cause) {
      const isFull = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
      const why = isFull ? 'the disk is full' : 'it cannot be written';
      const kept = this.outcomes.length;
      try {
        if (existsSync(this.#file) && statSync(this.#file).size > this.#bytes) this.#truncate();
      } catch {
        // The half line is left out at the next start.
      }
      throw new Fault('fuzz-journal-unwritable', `${this.#file}: ${why}; ${kept} seeds are kept`, {
        data: { file: this.#file, kept },
        remedy:
          'Make room or choose another file, and run the same command again: it goes on there.',
        cause,
      });
    }
  }

  #truncate(): void {
    if (existsSync(this.#file)) truncateSync(this.#file, this.#bytes);
  }
}

const readText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Fault('fuzz-journal-unreadable', `${file}: cannot be read`, {
      exit: 'usage',
      data: { file },
      remedy: 'Choose another file with --out.',
      cause,
    });
  }
};

const malformed = (file: string, line: number): Fault =>
  new Fault('fuzz-journal-malformed', `${file}:${line}: no line of a fuzzing run's journal`, {
    exit: 'usage',
    data: { file, line },
    remedy: 'Choose another file with --out.',
  });

const parsed = (line: string, file: string, number: number): unknown => {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    throw malformed(file, number);
  }
};
