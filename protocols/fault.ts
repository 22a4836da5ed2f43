/**
 * The process's answer to a fault (clig.dev, and the exit codes users script against).
 * usage: bad input; refused: safety or pre-flight said no; partial: some drones failed; noLink: nobody there.
 */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  partial: 4,
  noLink: 5,
  timeout: 124,
  interrupted: 130,
} as const;

export type ExitName = keyof typeof EXIT;

/** Facts that a program can act on and a person can read: file, field, value, limit, … */
export type FaultData = Readonly<Record<string, string | number | boolean | null>>;

interface FaultOptions {
  data?: FaultData;
  /** What the person can do about it, one imperative sentence. */
  remedy?: string;
  exit?: ExitName;
  cause?: unknown;
}

/** Every error that Skein raises on purpose: a code for programs, a message and a remedy for people. */
export class Fault extends Error {
  readonly code: string;
  readonly data: FaultData;
  readonly remedy: string | undefined;
  readonly exit: ExitName;

  constructor(code: string, message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Fault';
    this.code = code;
    this.data = options.data ?? {};
    this.remedy = options.remedy;
    this.exit = options.exit ?? 'failed';
  }
}

/** Stops at a broken invariant of our own; never for bad input, which deserves a {@link Fault}. */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Fault('assertion-failed', `internal invariant broken: ${what}`);
}
