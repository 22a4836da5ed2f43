import { decodePublish } from '#protocols/channel/mesh-codec.ts';
import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { decodeKnots } from '#protocols/gossip/intent.ts';
import type { ProcessName } from '../machine/companion.ts';
import { meanLoss, type RadioProfile } from '../radio/profile.ts';
import type { Episode } from './episode.ts';
import { OPERATOR_MEMBER } from './identities.ts';

/** How good a link is, both directions together: the worse one counts, but for `oneWay`. */
export type LinkQuality = 'good' | 'poor' | 'oneWay' | 'none';

/** What a drone was doing from a moment on. */
export interface DroneState {
  atMs: number;
  mode: string;
  armed: boolean;
  onGround: boolean;
  /** In its own mind's words; null: none. */
  task: string | null;
  /** Processes of its companion that do not run. */
  dead: ProcessName[];
}

/** What a drone announced: places through which it means to fly, with the radius it keeps to. */
export interface AnnouncedIntent {
  atMs: number;
  /** m: north, east, height, radius of one place after the other. */
  places: number[];
}

export interface DroneTrace {
  sysid: number;
  /** m and 0..100, one value per step of the trace. */
  northM: number[];
  eastM: number[];
  heightM: number[];
  batteryPercent: number[];
  /** In order of time, each until the next. */
  states: DroneState[];
  intents: AnnouncedIntent[];
}

/** A history of an episode as people look at it: plain data, positions true, mission's origin. */
export interface TraceData {
  stepMs: number;
  operator: number;
  drones: DroneTrace[];
  /** Changes of quality, in order of time; before the first, none. */
  links: { atMs: number; a: number; b: number; quality: LinkQuality }[];
}

const STEP_MS = 200;
/** An intent comes five times a second; every other one is enough to look at. */
const INTENT_MS = 400;
/** A link that loses more than this is drawn as a poor one (P2 loses 9 %). */
const GOOD_LOSS = 0.15;
const PROCESSES: readonly ProcessName[] = ['pilot', 'mind', 'mesh', 'recorder'];

const tenth = (value: number): number => Math.round(10 * value) / 10;

/** Writes down what an episode looks like while it runs. Make it before the first step. */
export class EpisodeTrace {
  readonly data: TraceData;
  readonly #episode: Episode;
  readonly #bySysid: ReadonlyMap<number, DroneTrace>;
  readonly #links = new Map<string, LinkQuality>();

  constructor(episode: Episode) {
    this.#episode = episode;
    this.data = {
      stepMs: STEP_MS,
      operator: OPERATOR_MEMBER,
      drones: episode.drones.map(({ sysid }) => ({
        sysid,
        northM: [],
        eastM: [],
        heightM: [],
        batteryPercent: [],
        states: [],
        intents: [],
      })),
      links: [],
    };
    this.#bySysid = new Map(this.data.drones.map((one) => [one.sysid, one]));
    const { afterStep } = episode;
    episode.afterStep = (nowMs) => {
      afterStep?.(nowMs);
      if (nowMs % STEP_MS === 0) this.#observe(nowMs);
    };
    episode.overhear = (sysid, type, payload) => {
      if (type === MESSAGE_TYPE.publish) this.#hearMind(sysid, payload);
    };
  }

  #observe(nowMs: number): void {
    for (const trace of this.data.drones) this.#observeDrone(trace, nowMs);
    const members = [...this.#bySysid.keys(), OPERATOR_MEMBER];
    for (const [index, a] of members.entries()) {
      for (const b of members.slice(index + 1)) this.#observeLink(a, b, nowMs);
    }
  }

  #observeDrone(trace: DroneTrace, nowMs: number): void {
    const { sysid } = trace;
    const vehicle = this.#episode.vehicle(sysid)!;
    const drone = this.#episode.drone(sysid)!;
    const { positionNed, onGround } = vehicle.quadrotor;
    trace.northM.push(tenth(positionNed.x));
    trace.eastM.push(tenth(positionNed.y));
    trace.heightM.push(tenth(-positionNed.z));
    trace.batteryPercent.push(Math.round(100 * vehicle.battery.remaining()));
    const { mode, armed } = vehicle.autopilot.commander;
    const state = {
      atMs: nowMs,
      mode,
      armed,
      onGround,
      task: drone.mind.task,
      dead: PROCESSES.filter((name) => !drone.isRunning(name)),
    };
    const last = trace.states.at(-1);
    const isSame = last !== undefined && sameState(last, state);
    if (!isSame) trace.states.push(state);
  }

  #observeLink(a: number, b: number, nowMs: number): void {
    const { field } = this.#episode;
    const quality = qualityOf(field.profileOf(a, b), field.profileOf(b, a));
    const name = `${a}-${b}`;
    if ((this.#links.get(name) ?? 'none') === quality) return;
    this.#links.set(name, quality);
    this.data.links.push({ atMs: nowMs, a, b, quality });
  }

  #hearMind(sysid: number, payload: Uint8Array): void {
    const { intents } = this.#bySysid.get(sysid)!;
    const { nowMs } = this.#episode;
    if (nowMs - (intents.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) < INTENT_MS) return;
    const published = decodePublish(payload);
    if (published.topic !== 'intent') return;
    const knots = decodeKnots(published.payload.knots, published.payload.radii) ?? [];
    const places = knots.flatMap(({ x, y, z, radiusM }) => [x, y, -z, radiusM].map(tenth));
    intents.push({ atMs: nowMs, places });
  }
}

const sameState = (a: DroneState, b: DroneState): boolean =>
  a.mode === b.mode &&
  a.armed === b.armed &&
  a.onGround === b.onGround &&
  a.task === b.task &&
  a.dead.join() === b.dead.join();

const qualityOf = (
  there: RadioProfile | undefined,
  back: RadioProfile | undefined,
): LinkQuality => {
  if (there === undefined && back === undefined) return 'none';
  if (there === undefined || back === undefined) return 'oneWay';
  return Math.max(meanLoss(there), meanLoss(back)) > GOOD_LOSS ? 'poor' : 'good';
};
