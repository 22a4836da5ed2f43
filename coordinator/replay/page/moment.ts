import type { DroneState, DroneTrace, LinkQuality } from '#sim/episode/episode-trace.ts';
import type { ReplayData } from '../replay-data.ts';
import { found, ink, svg, titled } from './svg.ts';

/** An intent that is older than this has ended. */
const INTENT_MS = 3000;
/** A violation stays marked for so long. */
const MARKED_MS = 1500;
const TRAIL_MS = 20_000;

/** The newest of a list in order of time that is not later than `nowMs`. */
export const newest = <T extends { atMs: number }>(
  list: readonly T[],
  nowMs: number,
): T | undefined => {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.atMs <= nowMs) low = middle + 1;
    else high = middle;
  }
  return list[low - 1];
};

export interface DroneMoment {
  sysid: number;
  northM: number;
  eastM: number;
  heightM: number;
  batteryPercent: number;
  state: DroneState | undefined;
}

/** Index into a drone's samples: the first was taken one step after the start. */
const indexAt = ({ northM }: DroneTrace, stepMs: number, nowMs: number): number =>
  Math.max(0, Math.min(northM.length - 1, Math.floor(nowMs / stepMs) - 1));

export const momentsAt = ({ trace }: ReplayData, nowMs: number): DroneMoment[] =>
  trace.drones.map((drone) => {
    const index = indexAt(drone, trace.stepMs, nowMs);
    return {
      sysid: drone.sysid,
      northM: drone.northM[index] ?? 0,
      eastM: drone.eastM[index] ?? 0,
      heightM: drone.heightM[index] ?? 0,
      batteryPercent: drone.batteryPercent[index] ?? 0,
      state: newest(drone.states, nowMs),
    };
  });

const linksAt = ({ trace }: ReplayData, nowMs: number): Map<string, LinkQuality> => {
  const links = new Map<string, LinkQuality>();
  for (const { atMs, a, b, quality } of trace.links) {
    if (atMs > nowMs) break;
    links.set(`${a}-${b}`, quality);
  }
  return links;
};

const LINK_WORDS: Record<LinkQuality, string> = {
  good: 'good link',
  poor: 'poor link: bursts of loss',
  oneWay: 'one direction only',
  none: 'no link',
};

const drawLinks = (data: ReplayData, moments: readonly DroneMoment[], nowMs: number): void => {
  const places = new Map(moments.map((one) => [one.sysid, one]));
  const at = (id: number): { northM: number; eastM: number } =>
    places.get(id) ?? { northM: 0, eastM: 0 };
  const lines: SVGElement[] = [];
  for (const [name, quality] of linksAt(data, nowMs)) {
    if (quality === 'none') continue;
    const [a, b] = name.split('-').map(Number) as [number, number];
    const line = svg('line', {
      class: `link ${quality}`,
      x1: at(a).eastM,
      y1: -at(a).northM,
      x2: at(b).eastM,
      y2: -at(b).northM,
    });
    const nameOf = (id: number): string => (id === data.trace.operator ? 'operator' : `${id}`);
    lines.push(titled(line, `${nameOf(a)} – ${nameOf(b)}: ${LINK_WORDS[quality]}`));
  }
  found<SVGGElement>('#links').replaceChildren(...lines);
};

const drawIntents = ({ trace }: ReplayData, nowMs: number): void => {
  const shapes = trace.drones.flatMap(({ sysid, intents }) => {
    const intent = newest(intents, nowMs);
    if (intent === undefined || nowMs - intent.atMs > INTENT_MS) return [];
    const { places } = intent;
    const points: string[] = [];
    const tube: SVGElement[] = [];
    for (let index = 0; index + 3 < places.length; index += 4) {
      const [north, east, , radius] = places.slice(index, index + 4) as [
        number,
        number,
        number,
        number,
      ];
      points.push(`${east},${-north}`);
      tube.push(
        svg('circle', { class: 'tube', cx: east, cy: -north, r: radius, fill: ink(sysid) }),
      );
    }
    return [
      ...tube,
      svg('polyline', { class: 'intent', points: points.join(' '), stroke: ink(sysid) }),
    ];
  });
  found<SVGGElement>('#intents').replaceChildren(...shapes);
};

const drawTrails = ({ trace }: ReplayData, nowMs: number): void => {
  const trails = trace.drones.map((drone) => {
    const last = indexAt(drone, trace.stepMs, nowMs);
    const first = Math.max(0, last - TRAIL_MS / trace.stepMs);
    const points = drone.eastM
      .slice(first, last + 1)
      .map((east, index) => `${east},${-drone.northM[first + index]!}`);
    return svg('polyline', { class: 'trail', points: points.join(' '), stroke: ink(drone.sysid) });
  });
  found<SVGGElement>('#trails').replaceChildren(...trails);
};

const drawTroubles = ({ troubles }: ReplayData, nowMs: number): void => {
  const circles = troubles
    .filter(({ atMs, endMs, place }) => place !== undefined && atMs <= nowMs && nowMs <= endMs)
    .map(({ place, text }) =>
      titled(
        svg('circle', { class: 'jammer', cx: place!.eastM, cy: -place!.northM, r: place!.radiusM }),
        text,
      ),
    );
  found<SVGGElement>('#troubles').replaceChildren(...circles);
};

const drawDrones = (
  data: ReplayData,
  moments: readonly DroneMoment[],
  nowMs: number,
  unit: number,
): void => {
  const marked = new Set(
    data.happenings
      .filter(({ kind, atMs }) => kind === 'violation' && Math.abs(nowMs - atMs) <= MARKED_MS)
      .flatMap(({ sysids }) => sysids),
  );
  const marks = moments.flatMap(({ sysid, northM, eastM, heightM, state }) => {
    const isDead = state?.dead.includes('pilot') === true;
    const disc = svg('circle', {
      class: `drone${isDead ? ' dead' : ''}`,
      cx: eastM,
      cy: -northM,
      r: 1.5 * unit,
      fill: ink(sysid),
    });
    const number = svg('text', { class: 'number', x: eastM, y: -northM }, `${sysid}`);
    const height = svg(
      'text',
      { class: 'height', x: eastM + 2 * unit, y: 2.2 * unit - northM },
      `${heightM.toFixed(0)} m`,
    );
    const ring = svg('circle', { class: 'violated', cx: eastM, cy: -northM, r: 3 * unit });
    return [disc, number, height, ...(marked.has(sysid) ? [ring] : [])];
  });
  found<SVGGElement>('#drones').replaceChildren(...marks);
};

/** Draws all that moves, as it was at `nowMs`. */
export const drawMoment = (data: ReplayData, nowMs: number, unit: number): void => {
  const moments = momentsAt(data, nowMs);
  drawTroubles(data, nowMs);
  drawLinks(data, moments, nowMs);
  drawTrails(data, nowMs);
  drawIntents(data, nowMs);
  drawDrones(data, moments, nowMs, unit);
};
