import type { GeoPolygon, Mission } from '#protocols/mission/mission.ts';
import type { Random } from '#protocols/random.ts';
import type { OperatorOrder } from '../episode/operator-order.ts';
import { between, pick, shuffled } from '../faults/draws.ts';

interface OrderScene {
  /** Drawn by draw-mission.ts; undefined for another, of which a second goal says the same again. */
  mission: Mission | undefined;
  sysids: readonly number[];
  /** Orders come between these, simulated ms. */
  fromMs: number;
  untilMs: number;
}

/** What an operator may do to a swarm in the air; more than half of them let it work. */
export const drawOrders = (scene: OrderScene, random: Random): OperatorOrder[] => {
  const { mission, sysids } = scene;
  const atMs = between(scene.fromMs, scene.untilMs, random);
  const laterMs = atMs + between(2000, 15_000, random);
  const some = shuffled(sysids, random).slice(0, between(1, sysids.length, random));
  some.sort((a, b) => a - b);
  const draw = random.uniform();
  if (draw < 0.14) return [{ atMs, order: 'abort', sysids: [] }];
  if (draw < 0.2) {
    return [
      { atMs, order: 'abort', sysids: [] },
      { atMs: laterMs, order: 'goal', ...otherWork(mission, random) },
    ];
  }
  if (draw < 0.28) {
    const held = pick([[], some], random);
    return [
      { atMs, order: 'hold', sysids: held },
      { atMs: laterMs, order: 'resume', sysids: held },
    ];
  }
  if (draw < 0.33) return [{ atMs, order: 'rtl', sysids: some }];
  if (draw < 0.36) return [{ atMs, order: 'land', sysids: some }];
  if (draw < 0.42) return [{ atMs, order: 'goal', ...otherWork(mission, random) }];
  return [];
};

/** The same drones under the same limits are to do something else: half the area, or the way back. */
const otherWork = (mission: Mission | undefined, random: Random): { mission?: Mission } => {
  if (mission === undefined) return {};
  const name = `${mission.name}-2`;
  if (mission.kind === 'search')
    return { mission: { ...mission, name, area: halfOf(mission.area) } };
  const { waypoints, goals } = mission;
  if (goals === undefined)
    return { mission: { ...mission, name, waypoints: waypoints?.toReversed() } };
  const places = shuffled(goals, random);
  const swapped = goals.map(({ sysid }, index) => ({ ...places[index]!, sysid }));
  return { mission: { ...mission, name, goals: swapped } };
};

/** The southern half of a drawn rectangle; its corners go around from the south-west. */
const halfOf = ({ coordinates }: GeoPolygon): GeoPolygon => {
  const [southWest, southEast, northEast] = coordinates[0]!;
  const middleDeg = (southWest![1] + northEast![1]) / 2;
  return {
    type: 'Polygon',
    coordinates: [
      [southWest!, southEast!, [southEast![0], middleDeg], [southWest![0], middleDeg], southWest!],
    ],
  };
};
