import type { Mission } from '#protocols/mission/mission.ts';
import type { JournalEntry } from './journal.ts';
import type { Summary } from './summary.ts';

export type DroneEntry = Extract<JournalEntry, { kind: 'drone' }>;
type FindingEntry = Extract<JournalEntry, { kind: 'finding' }>;
type EventEntry = Extract<JournalEntry, { kind: 'event' }>;

/** Metres north and east of the mission's origin. */
export interface Target {
  northM: number;
  eastM: number;
}

/** Longer between two entries of a drone than this, ms, and nothing is known of the time between. */
export const SILENCE_MS = 5000;

/** What is known of a run after it ended: the figures, and what the station heard. */
export interface RunRecord {
  summary: Summary;
  /** The last one that was started. */
  mission: Mission | undefined;
  /** By sysid, oldest first. */
  tracks: Map<number, DroneEntry[]>;
  /** Last posterior and looks by `row:column`. */
  cells: Map<string, { posterior: number; looks: number }>;
  findings: FindingEntry[];
  events: EventEntry[];
  /** Where things were hidden; simulation only. */
  targets: Target[];
}

/** Folds a journal; a newer mission forgets the cells and findings of the one before. */
export const runRecord = (
  summary: Summary,
  entries: Iterable<JournalEntry>,
  targets: Target[],
): RunRecord => {
  const record: RunRecord = {
    summary,
    mission: undefined,
    tracks: new Map(),
    cells: new Map(),
    findings: [],
    events: [],
    targets,
  };
  for (const entry of entries) take(record, entry);
  return record;
};

const take = (record: RunRecord, entry: JournalEntry): void => {
  switch (entry.kind) {
    case 'mission':
      record.mission = entry.mission;
      record.cells.clear();
      record.findings = [];
      break;
    case 'drone': {
      const track = record.tracks.get(entry.sysid);
      if (track === undefined) record.tracks.set(entry.sysid, [entry]);
      else track.push(entry);
      break;
    }
    case 'cells':
      for (const [row, column, posterior, looks] of entry.cells) {
        record.cells.set(`${row}:${column}`, { posterior, looks });
      }
      break;
    case 'finding':
      takeFinding(record, entry);
      break;
    case 'event':
      record.events.push(entry);
      break;
  }
};

/** A finding is written again when another look made it surer: the last word on a cell counts. */
const takeFinding = (record: RunRecord, entry: FindingEntry): void => {
  const at = record.findings.findIndex(
    (known) => known.row === entry.row && known.column === entry.column,
  );
  if (at < 0) record.findings.push(entry);
  else record.findings[at] = entry;
};
