import { parquetWriteBuffer } from 'hyparquet-writer';

import type { SeedVerdict } from '../fuzz/run-fuzz-episode.ts';

/**
 * All verdicts as one Parquet table, a row for each seed, in their order. Lists are JSON text: every
 * reader of Parquet takes them.
 */
export const episodeTable = (verdicts: readonly SeedVerdict[]): Uint8Array => {
  const column = <T>(of: (verdict: SeedVerdict) => T): T[] => verdicts.map(of);
  const text = (name: string, of: (verdict: SeedVerdict) => string) =>
    ({ name, data: verdicts.map(of), type: 'STRING', nullable: false }) as const;
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: 'seed', data: column(({ seed }) => seed), type: 'INT32', nullable: false },
      {
        name: 'violations',
        data: column(({ violations }) => violations.length),
        type: 'INT32',
        nullable: false,
      },
      text('invariants', ({ violations }) =>
        [...new Set(violations.map(({ invariant }) => invariant))].sort().join(','),
      ),
      {
        name: 'first_violation_ms',
        data: column(({ violations }) => violations[0]?.atMs ?? null),
        type: 'DOUBLE',
      },
      {
        name: 'simulated_s',
        data: column(({ simulatedMs }) => simulatedMs / 1000),
        type: 'DOUBLE',
        nullable: false,
      },
      {
        name: 'flown_hours',
        data: column(({ flownHours }) => flownHours),
        type: 'DOUBLE',
        nullable: false,
      },
      { name: 'ended', data: column(({ ended }) => ended), type: 'BOOLEAN', nullable: false },
      {
        name: 'tasks_done',
        data: column(({ tasksDone }) => tasksDone),
        type: 'INT32',
        nullable: false,
      },
      { name: 'drones', data: column(({ drones }) => drones), type: 'INT32', nullable: false },
      text('mission', ({ mission }) => mission),
      text('planner', ({ planner }) => planner),
      text('radio', ({ radio }) => radio),
      text('abort_delays_json', ({ abortDelaysMs }) => JSON.stringify(abortDelaysMs)),
      text('fault_kinds', ({ kinds }) => kinds.join(',')),
      text('faults_json', ({ faults }) => JSON.stringify(faults)),
      text('violations_json', ({ violations }) => JSON.stringify(violations)),
      text('digest', ({ digest }) => digest),
    ],
  });
  return new Uint8Array(buffer);
};
