/**
 *   npm run bench                                all benchmarks
 *   npm run bench -- NAME --seeds 1..10 --json   one, with these seeds, as one JSON object on standard output
 *   npm run bench -- NAME --short                without the parts that take minutes, where it has any
 *   npm run bench -- NAME --only PART,PART       these parts alone, where it has any
 *   npm run bench -- mesh --only soak --minutes 20
 */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { EXIT, Fault } from '#protocols/fault.ts';
import type { Bench, Figure } from './bench.ts';
import { BENCHES } from './benches.ts';

interface Report {
  name: string;
  /** HEAD, with a plus sign when the files differ from it. */
  commit: string;
  cpu: string;
  seeds: readonly number[];
  figures: Readonly<Record<string, Figure>>;
}

const git = (...args: string[]): string => {
  try {
    return execFileSync('git', args, { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
};

const commit = (): string =>
  `${git('rev-parse', '--short=12', 'HEAD')}${git('status', '--porcelain', '-uno') === '' ? '' : '+'}`;

const seedsOf = (text: string | undefined, bench: Bench): number[] => {
  const match = text === undefined ? null : /^(\d{1,9})(?:\.\.(\d{1,9}))?$/u.exec(text);
  if (text !== undefined && match === null) {
    throw new Fault('bench-seeds', `--seeds ${text} is not A..B`, {
      remedy: 'Give two whole numbers, such as --seeds 1..10.',
      exit: 'usage',
    });
  }
  const first = match === null ? bench.seeds[0] : Number(match[1]);
  const last = match === null ? bench.seeds[1] : Number(match[2] ?? match[1]);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
};

const minutesOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const minutes = Number(text);
  if (minutes > 0 && minutes <= 10_000) return minutes;
  throw new Fault('bench-minutes', `--minutes ${text} is no time to measure for`, {
    remedy: 'Give a number of minutes, such as --minutes 20.',
    exit: 'usage',
  });
};

const show = (report: Report): void => {
  const { name, commit, cpu, seeds } = report;
  console.log(`${name}  (${commit}, ${cpu}, seeds ${seeds.at(0)}..${seeds.at(-1)})`);
  for (const [key, figure] of Object.entries(report.figures)) {
    if (typeof figure === 'number')
      console.log(`  ${key.padEnd(28)} ${Number(figure.toPrecision(4))}`);
    else console.table(figure);
  }
};

const benchNamed = async (name: string): Promise<Bench> => {
  const load = BENCHES[name];
  if (load === undefined) {
    throw new Fault('bench-unknown', `no benchmark is called ${name}`, {
      remedy: `Choose one of: ${Object.keys(BENCHES).join(', ')}.`,
      exit: 'usage',
    });
  }
  return load();
};

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seeds: { type: 'string' },
      json: { type: 'boolean', default: false },
      short: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      minutes: { type: 'string' },
    },
  });
  const only = values.only.split(',').filter((part) => part !== '');
  const minutes = minutesOf(values.minutes);
  for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
    const bench = await benchNamed(name);
    const seeds = seedsOf(values.seeds, bench);
    const tell = (line: string): void => void process.stderr.write(`${name}: ${line}\n`);
    tell(bench.about);
    const figures = await bench.run({ seeds, tell, only, minutes, short: values.short });
    const report = { name, commit: commit(), cpu: cpus()[0]?.model ?? '', seeds, figures };
    if (values.json) console.log(JSON.stringify(report));
    else show(report);
  }
};

try {
  await main();
} catch (error) {
  const known = error instanceof Fault;
  console.error(known ? `${error.message}\n${error.remedy ?? ''}` : error);
  process.exitCode = known ? EXIT[error.exit] : EXIT.failed;
}
