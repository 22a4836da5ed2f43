import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { loadMission } from '#coordinator/mission/load.ts';
import type { JournalEntry } from '#coordinator/report/journal.ts';
import type { DroneSummary, Summary } from '#coordinator/report/summary.ts';
import { missionGeometry } from '#coordinator/station/mission-geometry.ts';
import { geodeticFromNed } from '#protocols/frames.ts';

const mission = loadMission('missions/search-irchel.yaml');
const START = 1_790_000_000_000;

export const HOSTILE = '<script>alert(1)</script>';

const droneSummary = (sysid: number, name: string): DroneSummary => ({
  sysid,
  name,
  landed: true,
  disarmed: true,
  airborneS: 171.2 + sysid,
  flownM: 903 + sysid,
  touchdownMps: 0.7,
  batteryPercent: 61,
  bytesPerSecond: 2310,
  cpuCores: 0.21,
  residentMb: 310,
  plans: 1700,
  planP50Ms: 24.1,
  planP99Ms: 41.8,
  modelShare: 0.94,
  disagreementTrips: sysid,
  maxSetpointGapMs: 62,
  audit: 'verified',
  records: 15_000,
  endedBy: 'search complete',
});

export const fabricatedSummary = (): Summary => ({
  format: 1,
  mission: mission.name,
  seed: 7,
  startedUnixMs: START,
  success: true,
  shortfalls: [],
  missionS: 198.4,
  wallS: 214.9,
  searchedFraction: 0.984,
  searchedFractionNeeded: 0.98,
  cellsUnseen: 2,
  cellsSuspicious: 0,
  targetsFound: 4,
  targetsExpected: 4.1,
  targetsHidden: 5,
  targetsLuck: 0.4,
  falseFindings: 0,
  crashes: [],
  leastSeparationM: 7.3,
  minSeparationM: 4,
  fenceMarginM: 11.2,
  planP50Ms: 24.1,
  planP99Ms: 41.8,
  disagreementTrips: 6,
  modelShare: 0.94,
  maxSetpointGapMs: 62,
  slippedS: 0.1,
  audit: 'verified',
  drones: [droneSummary(1, 'alder'), droneSummary(2, 'birch'), droneSummary(3, HOSTILE)],
});

const phaseAt = (second: number): string => {
  if (second < 8) return 'standby';
  if (second < 20) return 'takeoff';
  if (second < 150) return 'offboard';
  if (second < 180) return 'returning';
  return second < 192 ? 'landing' : 'landed';
};

/** The third drone is not heard between 60 s and 95 s. */
const droneEntries = (sysid: number, name: string): JournalEntry[] =>
  Array.from({ length: 198 }, (_, second) => {
    const lane = Math.max(0, Math.min(1, (second - 20) / 130));
    const back = Math.max(0, Math.min(1, (second - 150) / 30));
    const place = geodeticFromNed(mission.origin, {
      x: (60 + 300 * lane) * (1 - back),
      y: (-130 + 90 * sysid + 25 * Math.sin(second / 6)) * (1 - back),
      z: 0,
    });
    const up =
      second < 20
        ? Math.max(0, (second - 8) / 12)
        : second > 180
          ? Math.max(0, (192 - second) / 12)
          : 1;
    return {
      kind: 'drone' as const,
      unixMs: START + 1000 * second,
      sysid,
      name,
      phase: phaseAt(second),
      planSource: 'model',
      latDeg: place.latDeg,
      lonDeg: place.lonDeg,
      heightM: up * (20 + 4 * sysid * back),
      batteryPercent: 90 - second / 8,
    };
  }).filter((entry) => sysid !== 3 || Math.abs(entry.unixMs - START - 77_500) > 17_500);

export const journalOfRun = (): JournalEntry[] => {
  const { grid } = missionGeometry(mission);
  const place = geodeticFromNed(mission.origin, { x: 212, y: -37, z: 0 });
  const cells = grid.map(({ row, column }): [number, number, number, number] => {
    if (row === 8 && column === -2) return [row, column, 0.99, 2];
    if (row === 13) return [row, column, 0.04, 0];
    return [row, column, 0.004, 1];
  });
  return [
    { kind: 'mission', unixMs: START, mission },
    ...droneEntries(1, 'alder'),
    ...droneEntries(2, 'birch'),
    ...droneEntries(3, HOSTILE),
    {
      kind: 'cells',
      unixMs: START + 90_000,
      cells: cells.map(([row, column]) => [row, column, 0.04, 0]),
    },
    { kind: 'cells', unixMs: START + 190_000, cells },
    {
      kind: 'finding',
      unixMs: START + 70_000,
      row: 8,
      column: -2,
      latDeg: place.latDeg,
      lonDeg: place.lonDeg,
      confidence: 0.93,
      looks: 2,
      foundBy: 'alder',
    },
    {
      kind: 'finding',
      unixMs: START + 80_000,
      row: 8,
      column: -2,
      latDeg: place.latDeg,
      lonDeg: place.lonDeg,
      confidence: 0.987,
      looks: 3,
      foundBy: 'birch',
    },
    { kind: 'event', unixMs: START + 8000, text: 'alder: takeoff' },
    { kind: 'event', unixMs: START + 70_000, text: `${HOSTILE} found something` },
  ];
};

/** A run directory as a finished simulation leaves it. */
export const flownRun = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'skein-run-'));
  writeFileSync(join(directory, 'summary.json'), JSON.stringify(fabricatedSummary()));
  const lines = journalOfRun().map((entry) => `${JSON.stringify(entry)}\n`);
  writeFileSync(join(directory, 'journal.jsonl'), lines.join(''));
  const targets = [
    { northM: 212, eastM: -37 },
    { northM: 330, eastM: 60 },
  ];
  writeFileSync(join(directory, 'scenario.json'), JSON.stringify({ seed: 7, targets }));
  return directory;
};
