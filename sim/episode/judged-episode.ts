import { Fault as Failure } from '#protocols/fault.ts';
import { CHAIN_FILE, parseChain } from '#protocols/log/chain.ts';
import { MAX_FILE_BYTES, type Disk } from '#protocols/log/disk-port.ts';
import { verifyFlight } from '#protocols/log/verify.ts';
import type { Mission } from '#protocols/mission/mission.ts';
import { seededRandom } from '#protocols/random.ts';
import { honestOnly } from '../attackers/blame.ts';
import type { ChainTruth } from '../checker/agent-truth.ts';
import { Checker } from '../checker/checker.ts';
import type { SignedLimits } from '../checker/swarm-truth.ts';
import type { Violation } from '../checker/violation.ts';
import { endOf, type Fault } from '../faults/fault.ts';
import { Injector } from '../faults/injector.ts';
import { AbortDelays } from './abort-delays.ts';
import { Episode, type EpisodeOptions } from './episode.ts';
import type { OperatorOrder } from './operator-order.ts';
import { TruthWatch } from './truth-watch.ts';

export interface JudgedOptions extends EpisodeOptions {
  mission: Mission;
  faults: readonly Fault[];
  /** What the operator orders beside the goal, in any order. */
  orders?: readonly OperatorOrder[] | undefined;
  /** The episode ends here if nothing has ended it before, simulated ms. */
  untilMs: number;
  /** It ends there on purpose, before all can be home: that they are not is no violation. */
  isCut?: boolean | undefined;
}

export interface Verdict {
  violations: readonly Violation[];
  simulatedMs: number;
  /** Everyone that could be home was. */
  ended: boolean;
  tasksDone: number;
  /** Drone-hours in the air. */
  flownHours: number;
  /** From each abort to each drone that could hear it, ms. */
  abortDelaysMs: readonly number[];
  /** SHA-256 over every drone's log. */
  digest: string;
}

/** Past the stand-ins' alignment, which takes them up to 6 s, and the agents' start. */
export const GOAL_MS = 7000;
const OBSERVE_MS = 20;

/**
 * Flies a mission from the goal until all are home, under faults and before a judge, to a verdict.
 * The same options give the same verdict, to the byte.
 */
export class JudgedEpisode {
  readonly episode: Episode;
  readonly checker: Checker;
  readonly #options: JudgedOptions;
  readonly #watch: TruthWatch;
  readonly #orders: OperatorOrder[];
  readonly #aborts = new AbortDelays();
  #airMs = 0;
  #isOrdered = false;
  #ordersNoted = 0;

  constructor(options: JudgedOptions) {
    this.#options = options;
    this.#orders = [...(options.orders ?? [])].sort((a, b) => a.atMs - b.atMs);
    const hasRival = options.faults.some(({ kind }) => kind === 'rival');
    const episode = new Episode({ ...options, hasRival });
    const watch = new TruthWatch(episode, limitsOf(options));
    const injector = new Injector(
      episode,
      options.faults,
      seededRandom(options.seed).fork('faults'),
    );
    this.episode = episode;
    this.#watch = watch;
    this.checker = new Checker((a, b) => watch.hearEachOther(a, b));
    episode.beforeStep = (nowMs) => {
      injector.step(nowMs);
      this.#order(nowMs);
      this.#noteOrders();
    };
    episode.afterStep = (nowMs) => {
      if (nowMs % OBSERVE_MS === 0) this.#observe();
    };
  }

  async run(): Promise<Verdict> {
    await this.episode.run(this.#options.untilMs, () => this.#isOver());
    await this.episode.finish();
    const ended = this.#isOver();
    this.#judgeEnd(ended);
    await this.#judgeLogs();
    return {
      violations: honestOnly(this.checker.violations, this.episode.attacks.insiders),
      simulatedMs: this.episode.nowMs,
      ended,
      tasksDone: this.#doneOwners().size,
      flownHours: this.#airMs / 3_600_000,
      abortDelaysMs: this.#aborts.delaysMs,
      digest: await this.episode.digest(),
    };
  }

  #order(nowMs: number): void {
    const { mission } = this.#options;
    if (!this.#isOrdered && nowMs >= GOAL_MS) {
      this.#isOrdered = true;
      this.episode.startMission(mission);
    }
    while (this.#orders.length > 0 && this.#orders[0]!.atMs <= nowMs) {
      this.#give(this.#orders.shift()!);
    }
  }

  #give(given: OperatorOrder): void {
    const { operator } = this.episode;
    if (given.order !== 'goal') operator.direct(given.order, given.sysids);
    else operator.startMission(given.mission ?? this.#options.mission);
  }

  /** Whoever gave an order: an abort of any operator counts, until any gives a newer goal. */
  #noteOrders(): void {
    const { orders } = this.episode.attacks;
    for (; this.#ordersNoted < orders.length; this.#ordersNoted += 1) {
      const { kind } = orders[this.#ordersNoted]!;
      if (kind === 'abort') this.#watch.noteAbort();
      else if (kind === 'goal') this.#watch.noteGoal();
    }
  }

  #observe(): void {
    const truth = this.#watch.now();
    this.checker.observe(truth);
    this.#aborts.observe(truth);
    for (const { onGround } of truth.drones) if (!onGround) this.#airMs += OBSERVE_MS;
  }

  /** All motors off after the last fault, and the mission flown as far as it could be. */
  #isOver(): boolean {
    const { faults } = this.#options;
    const faultsEndMs = Math.max(0, ...faults.map(endOf));
    if (this.episode.nowMs < Math.max(faultsEndMs, GOAL_MS + 15_000)) return false;
    return this.episode.drones.every(({ sysid }) => {
      const vehicle = this.episode.vehicle(sysid)!;
      return vehicle.quadrotor.onGround && !vehicle.autopilot.commander.armed;
    });
  }

  /** Owners that reported each task done. */
  #doneOwners(): Map<string, Set<number>> {
    const owners = new Map<string, Set<number>>();
    for (const { received } of this.episode.operator.heard) {
      if (received.topic !== 'taskReport' || received.payload.state !== 'done') continue;
      const { task, owner } = received.payload;
      owners.set(task, (owners.get(task) ?? new Set()).add(owner));
    }
    return owners;
  }

  #judgeEnd(ended: boolean): void {
    const atMs = this.episode.nowMs;
    if (!ended && this.#options.isCut !== true) {
      const flying = this.#watch.now().drones.filter(({ onGround, armed }) => !onGround || armed);
      const modes = flying.map(({ sysid, mode }) => `${sysid} in ${mode}`).join(', ');
      this.checker.note({
        invariant: 'I14',
        atMs,
        drones: flying.map(({ sysid }) => sysid),
        detail: `not home ${((atMs - GOAL_MS) / 1000).toFixed(0)} s after the goal: ${modes}`,
      });
    }
  }

  /** I9: what stands in a log verifies to its end, or to where its computer died. */
  async #judgeLogs(): Promise<void> {
    const chains: ChainTruth[] = [];
    for (const { sysid, storage } of this.episode.drones) {
      for (const log of [...storage.formerLogs, storage.log]) {
        await this.#judgeLog(sysid, log);
        chains.push({ author: sysid, heads: await headsOf(log) });
      }
    }
    this.checker.observeLogs(this.episode.nowMs, chains);
  }

  async #judgeLog(sysid: number, log: Disk): Promise<void> {
    const verification = await verifyFlight(log).catch((error: unknown) => {
      if (error instanceof Failure && error.code === 'log-not-found') return undefined;
      throw error;
    });
    if (verification?.status !== 'failed') return;
    this.checker.note({
      invariant: 'I9',
      atMs: this.episode.nowMs,
      drones: [sysid],
      detail: verification.problems.map(({ message }) => message).join('; '),
    });
  }
}

/** As far as the chain is sound. */
const headsOf = async (log: Disk): Promise<string[]> => {
  if (!(await log.list()).includes(CHAIN_FILE)) return [];
  const { links } = parseChain(await log.read(CHAIN_FILE, MAX_FILE_BYTES));
  return links.map(({ head }) => head.slice(0, 16));
};

const limitsOf = ({ mission, scenario }: JudgedOptions): SignedLimits => {
  const { minSeparationM, limits } = mission;
  const fence = scenario.fence;
  if (fence === undefined) {
    throw new Failure('scenario-without-fence', 'a judged episode needs a fence in its scenario', {
      remedy: 'Make the scenario from the mission (sim/swarm/scenario-of.ts).',
      exit: 'usage',
    });
  }
  const { maxSpeedMps, maxClimbMps, maxDescentMps } = limits;
  return { minSeparationM, maxSpeedMps, maxClimbMps, maxDescentMps, fence };
};
