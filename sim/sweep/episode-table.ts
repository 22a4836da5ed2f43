import { parquetWriteBuffer } from 'hyparquet-writer';

import type { SeedVerdict } from '../fuzz/run-fuzz-episode.ts';

/**
 * All verdicts as one Parquet table, a row for each seed, in their order. Lists are JSON text: every
 * reader of Parquet takes them.
 */
export const episodeTable = (verdicts: readonly SeedVerdict[]): Uint8Array => {
  const column = <T>(of: (verdict: SeedVerdict) => T): T[] => verdicts.map(of);
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: 'seed', data: column(({ seed }) => seed), type: 'INT32', nullable: false },
      {
        name: 'violations',
        data: column(({ violations }) => violations.length),
        type: 'INT32',
        nullable: false,
      },
      {
        name: 'invariants',
        data: column(({ violations }) =>
          [...new Set(violations.map(({ invariant }) => invariant))].sort().join(','),
        ),
        type: 'STRING',
        nullable: false,
      },
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
      { name: 'abort_ms', data: column(({ abortAtMs }) => abortAtMs ?? null), type: 'DOUBLE' },
      {
        name: 'fault_kinds',
        data: column(({ kinds }) => kinds.join(',')),
        type: 'STRING',
        nullable: false,
      },
      {
        name: 'faults_json',
        data: column(({ faults }) => JSON.stringify(faults)),
        type: 'STRING',
        nullable: false,
      },
      {
        name: 'violations_json',
        data: column(({ violations }) => JSON.stringify(violations)),
        type: 'STRING',
        nullable: false,
      },
      { name: 'digest', data: column(({ digest }) => digest), type: 'STRING', nullable: false },
    ],
  });
  return new Uint8Array(buffer);
};
