/**
 *   node test/sim/conformance/report.ts                   every recording: what agrees, each difference
 *   node test/sim/conformance/report.ts refused mission   those whose name contains one of the words
 *   … --aspect ack                                        one aspect only
 *   … --new                                               only differences that known-differences.ts lacks
 *   … --table                                             the list as docs/px4.md shows it, nothing else
 *   … --json                                              one JSON object for each recording
 */
import { parseArgs } from 'node:util';
import type { Comparison } from './compare/comparison.ts';
import { compareRecording } from './compare-recording.ts';
import { tableOf } from './difference-table.ts';
import { explain, KNOWN_DIFFERENCES } from './known-differences.ts';
import { isPresent, RECORDINGS, TRACES, TRIMMED, TRIMMED_RECORDINGS } from './recordings.ts';

const { values, positionals } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    new: { type: 'boolean', default: false },
    aspect: { type: 'string' },
    table: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

const show = (name: string, comparisons: readonly Comparison[], tookMs: number): void => {
  console.log(`\n${name}  (${(tookMs / 1000).toFixed(1)} s)`);
  for (const { aspect, compared, differences } of comparisons) {
    console.log(
      `  ${aspect.padEnd(11)} ${String(compared).padStart(6)} compared, ${differences.length} differ`,
    );
    for (const difference of differences) {
      const known = explain(name, difference);
      if (known !== undefined && values.new) continue;
      console.log(
        `    ${known === undefined ? '✗' : '○'} [${difference.key}] ${difference.detail}`,
      );
    }
  }
};

const wanted = [...RECORDINGS, ...TRIMMED_RECORDINGS].filter(
  ({ name }) =>
    positionals.some((part) => name.includes(part)) ||
    (positionals.length === 0 && !name.startsWith(TRIMMED)),
);
if (!wanted.some(isPresent)) {
  console.error(`no such recording in ${TRACES}`);
  process.exitCode = 1;
}
if (values.table) console.log(tableOf(KNOWN_DIFFERENCES));
for (const spec of values.table ? [] : wanted.filter(isPresent)) {
  const startMs = performance.now();
  const comparisons = compareRecording(spec).filter(
    ({ aspect }) => values.aspect === undefined || values.aspect === aspect,
  );
  if (values.json) console.log(JSON.stringify({ recording: spec.name, comparisons }));
  else show(spec.name, comparisons, performance.now() - startMs);
}
