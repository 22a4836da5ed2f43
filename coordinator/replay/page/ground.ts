import type { ReplayData } from '../replay-data.ts';
import { found, ink, svg, titled } from './svg.ts';

const MARGIN_M = 12;

/** Page coordinates are metres: x east, y south. */
export const pointsOf = (spots: readonly { northM: number; eastM: number }[]): string =>
  spots.map(({ northM, eastM }) => `${eastM},${-northM}`).join(' ');

interface Frame {
  west: number;
  north: number;
  width: number;
  height: number;
}

const frameOf = ({ fence, homes, trace }: ReplayData): Frame => {
  const norths = [...fence, ...homes].map(({ northM }) => northM);
  const easts = [...fence, ...homes].map(({ eastM }) => eastM);
  for (const { northM, eastM } of trace.drones) {
    for (const value of northM) norths.push(value);
    for (const value of eastM) easts.push(value);
  }
  // No spread: a history may have more values than a call takes arguments.
  const [south, north] = rangeOf(norths);
  const [west, east] = rangeOf(easts);
  return {
    west: west - MARGIN_M,
    north: north + MARGIN_M,
    width: east - west + 2 * MARGIN_M,
    height: north - south + 2 * MARGIN_M,
  };
};

const rangeOf = (values: readonly number[]): [number, number] => {
  let [least, most] = [0, 0];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return [least, most];
};

const obstacleMark = (one: ReplayData['obstacles'][number]): SVGElement => {
  const { northM, eastM, radiusM, northSideM = 0, eastSideM = 0, heightM } = one;
  const shape =
    radiusM === undefined
      ? svg('rect', {
          class: 'obstacle',
          x: eastM - eastSideM / 2,
          y: -northM - northSideM / 2,
          width: eastSideM,
          height: northSideM,
        })
      : svg('circle', { class: 'obstacle', cx: eastM, cy: -northM, r: radiusM });
  return titled(shape, `obstacle, ${heightM} m high`);
};

const cross = ({ northM, eastM }: { northM: number; eastM: number }, arm: number): SVGElement =>
  titled(
    svg('path', {
      class: 'target',
      d: `M${eastM - arm} ${-northM - arm}l${2 * arm} ${2 * arm}m${-2 * arm} 0l${2 * arm} ${-2 * arm}`,
    }),
    'hidden here',
  );

/** A round length of about a fifth of the map. */
const scaleBar = ({ west, north, width, height }: Frame, unit: number): SVGElement[] => {
  const power = 10 ** Math.floor(Math.log10(width / 5));
  const lengthM = [5, 2, 1].map((step) => step * power).find((one) => one <= width / 5) ?? power;
  const x = west + 2 * unit;
  const y = height - north - 2 * unit;
  return [
    svg('path', { class: 'scale', d: `M${x} ${y}h${lengthM}` }),
    svg('text', { class: 'scale-text', x, y: y - unit }, `${lengthM} m`),
  ];
};

/** Draws what does not move, north up; answers one hundredth of the map's breadth, m. */
export const drawGround = (data: ReplayData): number => {
  const frame = frameOf(data);
  const { west, north, width, height } = frame;
  const unit = Math.max(width, height) / 100;
  const map = found<SVGSVGElement>('#map');
  map.setAttribute('viewBox', `${west} ${-north} ${width} ${height}`);
  map.style.setProperty('--unit', `${unit}px`);
  found<SVGGElement>('#ground').append(
    titled(svg('polygon', { class: 'fence', points: pointsOf(data.fence) }), 'fence'),
    ...data.area.map((ring) => svg('polygon', { class: 'area', points: pointsOf(ring) })),
    ...data.obstacles.map(obstacleMark),
    ...data.targets.map((spot) => cross(spot, unit)),
    ...data.homes.map(({ sysid, northM, eastM }) =>
      titled(
        svg('circle', { class: 'home', cx: eastM, cy: -northM, r: unit, stroke: ink(sysid) }),
        `home of ${sysid}`,
      ),
    ),
    ...scaleBar(frame, unit),
  );
  return unit;
};
