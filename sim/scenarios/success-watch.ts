import { groundPoint } from '#protocols/mission/ground.ts';
import { GOAL_MS, type JudgedEpisode, type Verdict } from '../episode/judged-episode.ts';
import type { ScenarioDocument, SuccessPart } from './scenario-document.ts';
import { goalPlaces, settle } from './settle.ts';
import { SweptArea } from './swept-area.ts';

/** How often the swarm is looked at, simulated ms. */
const LOOK_MS = 100;
/** A drone has set out once it was this far from home, horizontally, m. */
const SET_OUT_M = 0.5;

/** One thing that was asked for, and what became of it. */
export interface Criterion {
  name: keyof SuccessPart | 'invariants';
  met: boolean;
  /** As far as it is a number; null: nothing to measure. */
  figure: number | null;
  wanted: number;
  /** Both in words, with units. */
  words: string;
}

interface Traveller {
  sysid: number;
  home: { northM: number; eastM: number };
  goal: { northM: number; eastM: number };
  setOutMs: number | undefined;
  reachedMs: number | undefined;
}

/**
 * Follows an episode from the simulation's truth (and, for findings, from what the operator was told) and
 * says at its end which criteria of its file were met.
 */
export class SuccessWatch {
  readonly #document: ScenarioDocument;
  readonly #judged: JudgedEpisode;
  readonly #travellers: Traveller[];
  readonly #swept: SweptArea | undefined;
  readonly #targets: readonly { northM: number; eastM: number }[];
  #coveredMs: number | undefined;

  constructor(document: ScenarioDocument, judged: JudgedEpisode) {
    this.#document = document;
    this.#judged = judged;
    const { mission, success } = document;
    const { scenario } = settle(document);
    const goals = goalPlaces(document);
    this.#targets = scenario.targets;
    this.#travellers = (mission.goals ?? []).map(({ sysid }, index) => {
      const vehicle = scenario.vehicles.find((one) => one.sysid === sysid)!;
      const home = { northM: vehicle.homeNorthM, eastM: vehicle.homeEastM };
      return { sysid, home, goal: goals[index]!, setOutMs: undefined, reachedMs: undefined };
    });
    this.#swept =
      success.coverage === undefined || mission.search === undefined
        ? undefined
        : new SweptArea(mission, mission.search.footprintRadiusM);
    const { episode } = judged;
    const before = episode.afterStep;
    episode.afterStep = (nowMs) => {
      before?.(nowMs);
      if (nowMs % LOOK_MS === 0) this.#look(nowMs);
    };
  }

  /** How far the file's own aims are, for a line of progress: `3 of 10 at their goals`. */
  progress(): string {
    const parts: string[] = [];
    const arrived = this.#travellers.filter(({ reachedMs }) => reachedMs !== undefined).length;
    if (this.#travellers.length > 0) {
      parts.push(`${arrived} of ${this.#travellers.length} at their goals`);
    }
    if (this.#swept !== undefined) parts.push(`${percent(this.#swept.share)} covered`);
    if (this.#document.success.targetsFound !== undefined) {
      parts.push(`${this.#found().size} of ${this.#targets.length} targets found`);
    }
    return parts.join(', ');
  }

  /** Mean time from setting out to the goal, of those that reached it, s. */
  meanTravelS(): number | undefined {
    const times = this.#travellers.flatMap(({ setOutMs, reachedMs }) =>
      setOutMs === undefined || reachedMs === undefined ? [] : [(reachedMs - setOutMs) / 1000],
    );
    return times.length === 0 ? undefined : times.reduce((a, b) => a + b, 0) / times.length;
  }

  criteria(verdict: Verdict): Criterion[] {
    const { success } = this.#document;
    const asked = [
      success.collisionFree && this.#collisionFree(success.collisionFree.separationM),
      success.goalsReached && this.#goalsReached(success.goalsReached),
      success.meanTravelS !== undefined && this.#meanTravel(success.meanTravelS),
      success.targetsFound !== undefined && this.#targetsFound(success.targetsFound),
      success.coverage !== undefined && this.#coverage(success.coverage),
      success.allHome === true && allHome(verdict),
      success.withinS !== undefined && this.#within(success.withinS, verdict),
    ];
    const { violations } = verdict;
    const kinds = [...new Set(violations.map(({ invariant }) => invariant))].sort();
    return [
      ...asked.filter((one) => one !== undefined && one !== false).flat(),
      {
        name: 'invariants',
        met: violations.length === 0,
        figure: violations.length,
        wanted: 0,
        words:
          violations.length === 0
            ? 'no invariant violated'
            : `${violations.length} violations of ${kinds.join(', ')}`,
      },
    ];
  }

  #look(nowMs: number): void {
    const { episode } = this.#judged;
    const { mission, success } = this.#document;
    const withinM = success.goalsReached?.withinM ?? 1;
    for (const one of this.#travellers) {
      if (one.reachedMs !== undefined) continue;
      const { quadrotor } = episode.vehicle(one.sysid)!;
      const { x, y, z } = quadrotor.positionNed;
      const fromHomeM = Math.hypot(x - one.home.northM, y - one.home.eastM);
      if (!quadrotor.onGround && fromHomeM > SET_OUT_M) one.setOutMs ??= nowMs;
      const leftM = Math.hypot(x - one.goal.northM, y - one.goal.eastM, 0 - z - mission.heightM);
      if (leftM <= withinM) one.reachedMs = nowMs;
    }
    const swept = this.#swept;
    if (swept === undefined) return;
    for (const { sysid } of episode.drones) {
      const { quadrotor } = episode.vehicle(sysid)!;
      // Below half its height a camera sees less than the mission counts on.
      if (quadrotor.heightM() < mission.heightM / 2) continue;
      swept.pass(quadrotor.positionNed.x, quadrotor.positionNed.y);
    }
    if (swept.share >= (success.coverage ?? 1)) this.#coveredMs ??= nowMs;
  }

  #collisionFree(separationM = this.#document.mission.minSeparationM): Criterion {
    const { leastSeparation, vehicles } = this.#judged.episode.truth();
    const leastM = leastSeparation?.metres ?? null;
    const hits = vehicles.reduce((sum, one) => sum + one.obstacleCollisions, 0);
    const nearest = leastSeparation === null ? 'never two in the air' : `${leastM!.toFixed(2)} m`;
    return {
      name: 'collisionFree',
      met: (leastM ?? Number.POSITIVE_INFINITY) >= separationM && hits === 0,
      figure: leastM,
      wanted: separationM,
      words: `least separation ${nearest} (${separationM} m wanted), ${hits} obstacles hit`,
    };
  }

  #goalsReached({ share, withinM }: NonNullable<SuccessPart['goalsReached']>): Criterion {
    const all = this.#travellers.length;
    const arrived = this.#travellers.filter(({ reachedMs }) => reachedMs !== undefined).length;
    return {
      name: 'goalsReached',
      met: arrived / all >= share,
      figure: arrived / all,
      wanted: share,
      words: `${arrived} of ${all} came within ${withinM} m of their goals (${percent(share)} wanted)`,
    };
  }

  #meanTravel(wanted: number): Criterion {
    const figure = this.meanTravelS() ?? null;
    const mean = figure === null ? 'nobody arrived' : `mean travel time ${figure.toFixed(1)} s`;
    const words = `${mean} (${wanted} s wanted)`;
    const met = (figure ?? Number.POSITIVE_INFINITY) <= wanted;
    return { name: 'meanTravelS', met, figure, wanted, words };
  }

  /** Index of each target that was reported, and when the operator first heard of it, simulated ms. */
  #found(): Map<number, number> {
    const { mission } = this.#document;
    const nearM = 1.5 * (mission.search?.cellM ?? 0);
    const found = new Map<number, number>();
    for (const { atMs, received } of this.#judged.episode.operator.heard) {
      if (received.topic !== 'finding') continue;
      const place = groundPoint(mission.origin, received.payload);
      const gapM = ({ northM, eastM }: { northM: number; eastM: number }): number =>
        Math.max(Math.abs(northM - place.northM), Math.abs(eastM - place.eastM));
      for (const [index, target] of this.#targets.entries()) {
        if (gapM(target) <= nearM && !found.has(index)) found.set(index, atMs);
      }
    }
    return found;
  }

  #targetsFound(wanted: number): Criterion {
    const found = this.#found().size;
    const all = this.#targets.length;
    const figure = all === 0 ? 1 : found / all;
    const words = `${found} of ${all} targets found (${percent(wanted)} wanted)`;
    return { name: 'targetsFound', met: figure >= wanted, figure, wanted, words };
  }

  #coverage(wanted: number): Criterion {
    const figure = this.#swept?.share ?? 0;
    const words = `${percent(figure)} of the area covered (${percent(wanted)} wanted)`;
    return { name: 'coverage', met: figure >= wanted, figure, wanted, words };
  }

  /** The latest of what was asked for; undefined while something never happened. */
  #doneMs({ ended, simulatedMs }: Verdict): number | undefined {
    const { success } = this.#document;
    const moments: (number | undefined)[] = [];
    if (success.goalsReached !== undefined) {
      const reached = this.#travellers.map(
        ({ reachedMs }) => reachedMs ?? Number.POSITIVE_INFINITY,
      );
      const needed = Math.ceil(success.goalsReached.share * reached.length);
      moments.push(reached.sort((a, b) => a - b)[needed - 1] ?? 0);
    }
    if (success.coverage !== undefined) moments.push(this.#coveredMs);
    if (success.targetsFound !== undefined) {
      const times = [...this.#found().values()].sort((a, b) => a - b);
      const needed = Math.ceil(success.targetsFound * this.#targets.length);
      moments.push(needed === 0 ? 0 : times[needed - 1]);
    }
    if (moments.length === 0 || success.allHome === true) {
      moments.push(ended ? simulatedMs : undefined);
    }
    const latest = Math.max(...moments.map((moment) => moment ?? Number.POSITIVE_INFINITY));
    return Number.isFinite(latest) ? latest : undefined;
  }

  #within(wanted: number, verdict: Verdict): Criterion {
    const doneMs = this.#doneMs(verdict);
    const figure = doneMs === undefined ? null : Math.max(0, doneMs - GOAL_MS) / 1000;
    const words =
      figure === null
        ? `not done (${wanted} s wanted)`
        : `done ${figure.toFixed(1)} s after the order (${wanted} s wanted)`;
    return {
      name: 'withinS',
      met: (figure ?? Number.POSITIVE_INFINITY) <= wanted,
      figure,
      wanted,
      words,
    };
  }
}

const allHome = ({ ended }: Verdict): Criterion => ({
  name: 'allHome',
  met: ended,
  figure: ended ? 1 : 0,
  wanted: 1,
  words: ended ? 'all home, motors off' : 'not all are home',
});

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
