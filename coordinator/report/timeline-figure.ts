import { markup, type Markup } from './markup.ts';
import { droneInk, phaseInk } from './palette.ts';
import { SILENCE_MS, type DroneEntry, type RunRecord } from './run-record.ts';

/** One phase of one drone, ms since the first entry of the journal. */
export interface PhaseSpan {
  phase: string;
  fromMs: number;
  toMs: number;
}

/** Entries of one drone as spans; `silent` where it was not heard. */
export const phaseSpans = (track: readonly DroneEntry[], startMs: number): PhaseSpan[] => {
  const spans: PhaseSpan[] = [];
  let last: PhaseSpan | undefined;
  const begin = (phase: string, fromMs: number, toMs: number): void => {
    last = { phase, fromMs, toMs };
    spans.push(last);
  };
  for (const entry of track) {
    const atMs = entry.unixMs - startMs;
    if (last !== undefined && atMs - last.toMs > SILENCE_MS) begin('silent', last.toMs, atMs);
    else if (last !== undefined) last.toMs = Math.max(last.toMs, atMs);
    if (last?.phase !== entry.phase) begin(entry.phase, atMs, atMs);
  }
  return spans;
};

const LEFT = 130;
const WIDTH = 1000;
const ROW = 30;
const CHART = 150;

const minutes = (ms: number): string => {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

const tickMs = (lengthMs: number): number =>
  [10, 20, 30, 60, 120, 300, 600, 1800, 3600]
    .map((seconds) => seconds * 1000)
    .find((step) => lengthMs / step <= 10) ?? 7_200_000;

/** Phases of every drone above each other, and their heights beneath, over one axis of time. */
export const timelineFigure = (record: RunRecord): Markup => {
  const tracks = [...record.tracks].sort(([a], [b]) => a - b);
  const times = tracks.flatMap(([, track]) => track.map((entry) => entry.unixMs));
  if (times.length === 0) return markup`<p>The journal names no drone: no timeline.</p>`;
  const startMs = times.reduce((least, time) => Math.min(least, time), Infinity);
  const lengthMs = Math.max(1000, times.reduce((most, time) => Math.max(most, time), 0) - startMs);
  const axis: Axis = { startMs, x: (ms) => LEFT + (ms / lengthMs) * (WIDTH - LEFT - 10) };
  const rowsHeight = tracks.length * ROW;
  const height = rowsHeight + CHART + 50;
  const ticks = Array.from({ length: Math.floor(lengthMs / tickMs(lengthMs)) + 1 }, (_, index) => {
    const x = axis.x(index * tickMs(lengthMs)).toFixed(1);
    return markup`<path class="grid" d="M${x} 0V${height - 22}"/><text class="tick" x="${x}" y="${height - 6}">${minutes(index * tickMs(lengthMs))}</text>`;
  });
  return markup`<svg class="timeline" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Phases and heights over time">
${ticks}
${tracks.map(([sysid, track], row) => phaseRow(sysid, track, row, axis))}
<g transform="translate(0 ${rowsHeight + 22})">${heightChart(tracks, axis)}</g>
</svg>`;
};

interface Axis {
  startMs: number;
  x(ms: number): number;
}

/** Narrower than a word a span has no label; its title tells. */
const LETTER = 7;

const phaseRow = (sysid: number, track: readonly DroneEntry[], row: number, axis: Axis): Markup => {
  const y = row * ROW + 3;
  const spans = phaseSpans(track, axis.startMs).map(({ phase, fromMs, toMs }) => {
    const x = axis.x(fromMs);
    const width = Math.max(1, axis.x(toMs) - x);
    const label =
      width > phase.length * LETTER + 6
        ? markup`<text class="span" x="${(x + 4).toFixed(1)}" y="${y + 16}">${phase}</text>`
        : '';
    return markup`<rect class="${phase === 'silent' ? 'silent' : 'phase'}" x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW - 6}" fill="${phaseInk(phase)}"><title>${phase} ${minutes(fromMs)} to ${minutes(toMs)}</title></rect>${label}`;
  });
  return markup`<circle cx="10" cy="${y + 12}" r="9" fill="${droneInk(sysid)}"/><text class="number" x="10" y="${y + 16}">${sysid}</text><text class="name" x="26" y="${y + 16}">${track[0]?.name.slice(0, 14) ?? ''}</text>${spans}`;
};

const heightChart = (tracks: [number, DroneEntry[]][], axis: Axis): Markup => {
  const greatest = tracks
    .flatMap(([, track]) => track.map((entry) => entry.heightM))
    .reduce((most, heightM) => Math.max(most, heightM), 10);
  const topM = Math.ceil(greatest / 10) * 10;
  const y = (heightM: number): number => CHART - (Math.max(0, heightM) / topM) * CHART;
  const lines = tracks.map(([sysid, track]) => {
    const points = track.map(
      (entry) => `${axis.x(entry.unixMs - axis.startMs).toFixed(1)},${y(entry.heightM).toFixed(1)}`,
    );
    return markup`<polyline class="height" stroke="${droneInk(sysid)}" points="${points.join(' ')}"/>`;
  });
  const levels = [0, topM / 2, topM].map(
    (heightM) =>
      markup`<path class="grid" d="M${LEFT} ${y(heightM)}H${WIDTH - 10}"/><text class="level" x="${LEFT - 6}" y="${y(heightM) + 4}">${heightM} m</text>`,
  );
  return markup`${levels}${lines}<text class="name" x="0" y="${CHART / 2 + 4}">height</text>`;
};
