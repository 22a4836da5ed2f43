import type { ChainTruth } from './agent-truth.ts';
import { checkAbort, ResumeCheck } from './abort.ts';
import { checkEnergy } from './energy.ts';
import { checkFence } from './fence.ts';
import { checkSeparation } from './separation.ts';
import { checkGaps, checkSetpoints } from './setpoints.ts';
import { LogHeadCheck } from './log-heads.ts';
import { checkRevoked } from './revoked.ts';
import { checkSizes } from './sizes.ts';
import type { SwarmTruth } from './swarm-truth.ts';
import { CompletionCheck, TaskLedgerCheck } from './task-ledger.ts';
import { DoubleWorkCheck } from './tasks.ts';
import { VersionCheck } from './versions.ts';
import type { InvariantId, Report, Violation } from './violation.ts';

type Check = (truth: SwarmTruth, report: Report) => void;

/** A breach that goes on is one violation; it counts anew after so long without. */
const SAME_BREACH_MS = 2000;
/** Violations kept: a swarm that has gone wrong goes wrong a thousand times a second. */
const MAX_VIOLATIONS = 100;

/**
 * Judges an episode by what truly happened. It computes everything by itself: nothing of the agents'
 * guard or planner is imported here, so that their error cannot hide in the judge.
 */
export class Checker {
  readonly violations: Violation[] = [];
  readonly #checks: readonly (readonly [InvariantId, Check])[];
  /** Of what is in the agents' memory. */
  readonly #agentChecks: readonly (readonly [InvariantId, Check])[];
  readonly #logHeads = new LogHeadCheck();
  readonly #lastMs = new Map<string, number>();

  /** @param hearEachOther whether two drones could hear each other for the last few seconds. */
  constructor(hearEachOther: (a: number, b: number) => boolean) {
    this.#checks = [
      ['I1', checkSeparation],
      ['I2', checkFence],
      ['I3', checkSetpoints],
      ['I4', checkGaps],
      ['I6', new DoubleWorkCheck(hearEachOther).check],
      ['I7', checkAbort],
      ['I8', new ResumeCheck().check],
      ['I12', checkEnergy],
    ];
    this.#agentChecks = [
      ['I5', new TaskLedgerCheck().check],
      ['I6', new CompletionCheck(hearEachOther).check],
      ['I9', this.#logHeads.check],
      ['I10', checkRevoked],
      ['I11', new VersionCheck().check],
      ['I13', checkSizes],
    ];
  }

  /** Call it 50 times a simulated second. */
  observe(truth: SwarmTruth): void {
    this.#run(this.#checks, truth);
    if (truth.agents !== undefined) this.#run(this.#agentChecks, truth);
  }

  #run(checks: readonly (readonly [InvariantId, Check])[], truth: SwarmTruth): void {
    for (const [invariant, check] of checks) {
      check(truth, (drones, detail) => {
        this.note({ invariant, atMs: truth.nowMs, drones, detail });
      });
    }
  }

  /** What the drones' computers have kept, once all is over. */
  observeLogs(atMs: number, chains: readonly ChainTruth[]): void {
    this.#logHeads.finish(chains, (drones, detail) => {
      this.note({ invariant: 'I9', atMs, drones, detail });
    });
  }

  /** Also for what can be judged at the end only. */
  note(violation: Violation): void {
    const name = `${violation.invariant} ${violation.drones.join()}`;
    const lastMs = this.#lastMs.get(name) ?? Number.NEGATIVE_INFINITY;
    this.#lastMs.set(name, violation.atMs);
    const isNew = violation.atMs - lastMs > SAME_BREACH_MS;
    if (isNew && this.violations.length < MAX_VIOLATIONS) this.violations.push(violation);
  }
}
