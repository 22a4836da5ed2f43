import * as z from 'zod';

import { missionSchema } from '#protocols/mission/mission.ts';
import type { CellView, DroneView, SwarmView } from '../station/view.ts';

const unixMs = z.number().nonnegative();
const latDeg = z.number().min(-90).max(90);
const lonDeg = z.number().min(-180).max(180);

/** One line of a station's journal: what a drone said, what was decided, what was found. */
export const journalEntrySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('mission'), unixMs, mission: missionSchema }),
  z.strictObject({
    kind: z.literal('drone'),
    unixMs,
    sysid: z.number().int().min(1).max(255),
    name: z.string().max(32),
    phase: z.string().max(20),
    planSource: z.string().max(20),
    latDeg,
    lonDeg,
    /** Above the mission's origin. */
    heightM: z.number(),
    batteryPercent: z.number().min(0).max(100),
  }),
  /** [row, column, posterior, looks] of the cells that changed. */
  z.strictObject({
    kind: z.literal('cells'),
    unixMs,
    cells: z.array(
      z.tuple([z.number().int(), z.number().int(), z.number().min(0).max(1), z.number().int()]),
    ),
  }),
  z.strictObject({
    kind: z.literal('finding'),
    unixMs,
    row: z.number().int(),
    column: z.number().int(),
    latDeg,
    lonDeg,
    confidence: z.number().min(0).max(1),
    looks: z.number().int(),
    foundBy: z.string().max(64),
  }),
  z.strictObject({ kind: z.literal('event'), unixMs, text: z.string().max(400) }),
]);

export type JournalEntry = z.infer<typeof journalEntrySchema>;

/** A drone unheard for longer says nothing new: its gap in the journal shows the silence. */
const SILENT_AFTER_S = 2;

/**
 * What a view adds to a journal that holds everything up to `before`; write each as a JSON line,
 * about once a second. Drones that are heard are written every time, the rest only when it is new. The
 * mission itself is not in a view: its owner writes it when it starts.
 */
export const journalEntries = (view: SwarmView, before: SwarmView | undefined): JournalEntry[] => {
  const { unixMs } = view;
  const cells = changedCells(view, before);
  return [
    ...view.drones
      .filter((drone) => drone.ageS !== null && drone.ageS < SILENT_AFTER_S)
      .map((drone) => droneEntry(drone, unixMs)),
    ...(cells.length === 0 ? [] : [{ kind: 'cells' as const, unixMs, cells }]),
    ...newItems(view.findings, before?.findings).map((found) => ({
      kind: 'finding' as const,
      unixMs,
      ...found,
    })),
    ...newEvents(view, before).map((event) => ({ kind: 'event' as const, ...event })),
  ];
};

const droneEntry = (drone: DroneView, unixMs: number): JournalEntry => ({
  kind: 'drone',
  unixMs: Math.round(unixMs - (drone.ageS ?? 0) * 1000),
  sysid: drone.sysid,
  name: drone.name,
  phase: drone.phase,
  planSource: drone.planSource,
  latDeg: drone.latDeg,
  lonDeg: drone.lonDeg,
  heightM: drone.heightM,
  batteryPercent: drone.batteryPercent,
});

const cellLine = (cell: CellView): [number, number, number, number] => [
  cell.row,
  cell.column,
  cell.posterior,
  cell.looks,
];

const changedCells = (
  view: SwarmView,
  before: SwarmView | undefined,
): [number, number, number, number][] => {
  const known = new Set(before?.cells.map((cell) => cellLine(cell).join()));
  return view.cells.map(cellLine).filter((line) => !known.has(line.join()));
};

const newItems = <Item>(now: readonly Item[], before: readonly Item[] = []): Item[] => {
  const known = new Set(before.map((item) => JSON.stringify(item)));
  return now.filter((item) => !known.has(JSON.stringify(item)));
};

/** The same event may be dated a millisecond apart in two views, so the text counts and the date nearly. */
const newEvents = (view: SwarmView, before: SwarmView | undefined): SwarmView['events'] =>
  view.events.filter(
    (event) =>
      before?.events.some(
        (old) => old.text === event.text && Math.abs(old.unixMs - event.unixMs) < 100,
      ) !== true,
  );
