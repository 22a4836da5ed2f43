import { openPlanner, type OpenPlanner } from '#agent/mind/plan/open-planner.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import { loadMission } from '#coordinator/mission/load.ts';
import { decode, Encoder } from '#protocols/mavlink/codec.ts';
import { Framer, MAX_FRAME_BYTES } from '#protocols/mavlink/framer.ts';
import { JudgedEpisode, type JudgedOptions } from '#sim/episode/judged-episode.ts';
import type { Episode } from '#sim/episode/episode.ts';
import type { OperatorOrder } from '#sim/episode/operator-order.ts';
import type { Sabotage } from '#sim/episode/sabotage.ts';
import type { Fault } from '#sim/faults/fault.ts';
import { fuzzEpisode, type FuzzSettings } from '#sim/fuzz/fuzz-episode.ts';

const SAMPLES = 32;

/** A search by two, nothing goes wrong by itself. */
export const SETTINGS: FuzzSettings = {
  mission: loadMission('missions/search-irchel-corner.yaml'),
  drones: 2,
  kinds: [],
  samples: SAMPLES,
};

export const openAnalytic = (): Promise<OpenPlanner> =>
  openPlanner({ modelDir: null, modelSignersHex: [] }, { ...PLAN_SETTINGS, samples: SAMPLES });

/** What goes on beside the bug. */
export interface Flight {
  faults?: Fault[];
  orders?: OperatorOrder[];
  /** Fly on, and let the end of the episode and its logs be judged too. */
  toTheEnd?: boolean;
}

export const abortAt = (atMs: number): Flight => ({
  orders: [{ atMs, order: 'abort', sysids: [] }],
});

/** What the judge says of a flight of two with this bug in their agents, each invariant once. */
export const judgedFlight = async (
  planner: OpenPlanner,
  sabotage: Sabotage,
  untilMs: number,
  { faults = [], orders = [], toTheEnd = false }: Flight = {},
): Promise<string[]> => {
  const options: JudgedOptions = {
    ...fuzzEpisode(2, SETTINGS, planner),
    faults,
    orders,
    sabotage,
    untilMs,
  };
  const judge = new JudgedEpisode(options);
  const violations = toTheEnd
    ? (await judge.run()).violations
    : await judge.episode.run(untilMs).then(() => judge.checker.violations);
  return [...new Set(violations.map(({ invariant }) => invariant))].sort();
};

/** Does something every half second from a moment on. */
export const from =
  (atMs: number, act: (episode: Episode) => void): NonNullable<Sabotage['afterStep']> =>
  (episode, nowMs) => {
    if (nowMs >= atMs && nowMs % 500 === 0) act(episode);
  };

const SET_POSITION_TARGET = 84;

export const isSetpoint = (packet: Uint8Array): boolean => packet[7] === SET_POSITION_TARGET;

/** The packet with its velocity changed, as a pilot without a guard would send it. */
export const faster = (packet: Uint8Array, velocity: [number, number, number]): Uint8Array => {
  const framer = new Framer(MAX_FRAME_BYTES);
  framer.push(packet);
  const frame = framer.next()!;
  const message = decode(frame)!;
  const [vx, vy, vz] = velocity;
  return new Encoder(frame.sysid, frame.compid).encode(Object.assign(message, { vx, vy, vz }));
};
