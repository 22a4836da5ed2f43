import type { FailsafeAction } from './response.ts';
import type { Cause, Trouble } from './troubles.ts';

interface Open {
  trouble: Trouble;
  /** The cause is still there. */
  present: boolean;
}

const NOTHING: readonly FailsafeAction[] = [];

/** The troubles that call for a response: those that are there, and those that outlast their cause. */
export class OpenTroubles {
  readonly #open = new Map<Cause, Open>();

  /** What they call for now. */
  get responses(): readonly FailsafeAction[] {
    if (this.#open.size === 0) return NOTHING;
    return [...this.#open.values()].map(({ trouble }) => trouble.response);
  }

  /** The first that calls for a response. */
  causeOf(response: FailsafeAction): Cause | undefined {
    const open = [...this.#open.values()].find(({ trouble }) => trouble.response === response);
    return open?.trouble.cause;
  }

  /** Closes those whose cause has gone and that only waited for somebody to act. */
  closeOutlived(): void {
    for (const [cause, { present }] of this.#open) {
      if (!present) this.#open.delete(cause);
    }
  }

  /**
   * Takes in what is there at this step and returns what is new. Whether a trouble outlasts its cause
   * is settled when it comes; its response follows the parameter.
   */
  take(troubles: readonly Trouble[]): readonly Trouble[] {
    if (troubles.length === 0 && this.#open.size === 0) return troubles;
    const there = new Map(troubles.map((trouble) => [trouble.cause, trouble]));
    for (const [cause, open] of this.#open) {
      const now = there.get(cause);
      open.present = now !== undefined;
      if (now !== undefined) open.trouble = { ...open.trouble, response: now.response };
      else if (!open.trouble.staysUntilModeChange) this.#open.delete(cause);
    }
    const fresh = troubles.filter(({ cause }) => !this.#open.has(cause));
    for (const trouble of fresh) this.#open.set(trouble.cause, { trouble, present: true });
    return fresh;
  }
}
