import type { ReplayData } from '../replay-data.ts';
import { found, ink, seconds, svg, titled } from './svg.ts';

/** The picture's own units; it stretches to the slider's breadth. */
const WIDTH = 1000;
const HEIGHT = 100;
const LANE = 4;

/** Bars of what went wrong while, lines of violations, and every drone's height below. */
export const drawTimeline = (data: ReplayData): void => {
  const { endMs, trace, troubles, happenings, ceilingM } = data;
  const x = (ms: number): number => (WIDTH * ms) / Math.max(1, endMs);
  const lanes = lanesOf(troubles);
  const bars = troubles.map(({ atMs, endMs: until, text }, index) =>
    titled(
      svg('rect', {
        class: 'trouble',
        x: x(atMs),
        y: lanes[index]! * LANE,
        width: Math.max(2, x(until) - x(atMs)),
        height: LANE - 1,
      }),
      `${seconds(atMs)}: ${text}`,
    ),
  );
  const heights = trace.drones.map(({ sysid, heightM }) => {
    const points = heightM.map(
      (height, index) =>
        `${x((index + 1) * trace.stepMs).toFixed(1)},${(HEIGHT * (1 - height / ceilingM)).toFixed(1)}`,
    );
    return titled(
      svg('polyline', { class: 'height-line', points: points.join(' '), stroke: ink(sysid) }),
      `height of ${sysid}, up to ${ceilingM} m`,
    );
  });
  const violations = happenings
    .filter(({ kind }) => kind === 'violation')
    .map(({ atMs, text }) =>
      titled(svg('path', { class: 'violation', d: `M${x(atMs)} 0v${HEIGHT}` }), text),
    );
  found<SVGSVGElement>('#timeline').append(...heights, ...bars, ...violations);
};

/** The first free row for each, so that bars do not hide each other. */
const lanesOf = (troubles: ReplayData['troubles']): number[] => {
  const freeFromMs: number[] = [];
  return troubles.map(({ atMs, endMs }) => {
    const free = freeFromMs.findIndex((ms) => ms <= atMs);
    const lane = free === -1 ? freeFromMs.length : free;
    freeFromMs[lane] = Math.max(endMs, atMs + 1);
    return lane;
  });
};
