import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { runReport } from '#coordinator/commands/report.ts';
import { createOutput } from '#coordinator/output.ts';
import { journalEntries, journalEntrySchema } from '#coordinator/report/journal.ts';
import { markup } from '#coordinator/report/markup.ts';
import { reportPage } from '#coordinator/report/page.ts';
import { readRunDirectory } from '#coordinator/report/run-directory.ts';
import { runRecord } from '#coordinator/report/run-record.ts';
import { summaryText } from '#coordinator/report/summary-text.ts';
import { summarySchema } from '#coordinator/report/summary.ts';
import { phaseSpans } from '#coordinator/report/timeline-figure.ts';
import { missionGeometry } from '#coordinator/station/mission-geometry.ts';
import { Fault } from '#protocols/fault.ts';
import { fabricatedView, irchel } from '../../page/fabricated-swarm.ts';
import { noStation, runSkein, testContext } from '../run-skein.ts';
import { fabricatedSummary, flownRun, HOSTILE, journalOfRun } from './flown-run.ts';

const faultOf = (act: () => unknown): Fault => {
  try {
    act();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('skein report', () => {
  it('writes one self-contained page and prints the figures', async () => {
    const directory = flownRun();
    const { code, stdout, stderr } = await runSkein('report', directory);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('search-irchel, seed 7: succeeded');
    const page = readFileSync(join(directory, 'report.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>/u);
    expect(page).not.toMatch(/\b(src|href)=/u);
    expect(page).toContain("default-src 'none'");
  });

  it('holds map, cells, fence, trails, findings, targets, phases and every figure', () => {
    const page = reportPage(readRunDirectory(flownRun()));
    expect(page.match(/class="cell"/gu)).toHaveLength(missionGeometry(irchel()).grid.length);
    expect(page).toContain('class="fence"');
    expect(page.match(/class="trail"/gu)).toHaveLength(3);
    expect(page.match(/class="finding"/gu)).toHaveLength(1);
    expect(page.match(/class="target"/gu)).toHaveLength(2);
    expect(page).toContain('8:-2: 99.0 % after 2 looks');
    expect(page).toContain('silent 0:59 to 1:36');
    for (const figure of [
      '98.4 % (98.0 % needed), 2 cells never looked at',
      '4 of 5 hidden (4.1 expected), 0 false',
      '7.3 m (at least 4.0 m)',
      'p50 24.1 ms, p99 41.8 ms',
      '2310 B/s',
      'verified',
    ]) {
      expect(page).toContain(figure);
    }
  });

  it('shows the last word on a finding, and why a run did not succeed', () => {
    const summary = { ...fabricatedSummary(), success: false, shortfalls: ['drone 2 is <lost>'] };
    const page = reportPage(runRecord(summary, journalOfRun(), []));
    expect(page).toContain('98.7 %');
    expect(page).not.toContain('93.0 %');
    expect(page).toContain('did not succeed');
    expect(page).toContain('drone 2 is &lt;lost&gt;');
  });

  it('tells bad luck, work left open and a busy machine from each other', () => {
    const summary = fabricatedSummary();
    const unlucky = { ...summary, targetsFound: 3, targetsLuck: 0.098, cellsSuspicious: 1 };
    const page = reportPage(runRecord({ ...unlucky, slippedS: 31.6 }, journalOfRun(), []));
    expect(page).toContain('3 of 5 hidden (4.1 expected, so few in 9.8 % of searches), 0 false');
    expect(page).toContain('2 cells never looked at, 1 still suspicious');
    expect(page).toContain('31.6 s: this machine is too busy');
    expect(reportPage(runRecord(summary, journalOfRun(), []))).not.toMatch(/so few|too busy/u);
  });

  it('writes hostile names as text', () => {
    const page = reportPage(runRecord(fabricatedSummary(), journalOfRun(), []));
    expect(page).not.toContain(HOSTILE);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  it('says what is missing when a run has no journal', () => {
    const directory = flownRun();
    rmSync(join(directory, 'journal.jsonl'));
    const page = reportPage(readRunDirectory(directory));
    expect(page).toContain('no map');
    expect(page).toContain('no timeline');
  });

  it('prints path and figures as one object with --json', () => {
    const directory = flownRun();
    const { context, said } = testContext(noStation, true);
    const out = join(directory, 'elsewhere.html');
    expect(runReport(context, directory, out)).toBe(0);
    expect(JSON.parse(said.stdout)).toEqual({ report: out, summary: fabricatedSummary() });
  });
});

describe('a run directory that is not as it should be', () => {
  it('without a summary: exit 2, the file named', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'skein-run-'));
    const { code, stderr } = await runSkein('report', directory);
    expect(code).toBe(2);
    expect(stderr).toContain(`${join(directory, 'summary.json')}: cannot be read`);
    expect(stderr).toContain('skein report .skein/run');
  });

  it('with an unknown or wrong field: file and field named', () => {
    const directory = flownRun();
    const file = join(directory, 'summary.json');
    writeFileSync(file, JSON.stringify({ ...fabricatedSummary(), wallS: 'long' }));
    const fault = faultOf(() => readRunDirectory(directory));
    expect(fault).toMatchObject({ code: 'run-malformed', exit: 'usage' });
    expect(fault.message).toContain(`${file}: wallS: `);
  });

  it('with a line of the journal that is none: file and line named', () => {
    const directory = flownRun();
    appendFileSync(join(directory, 'journal.jsonl'), '{"kind":"drone","unixMs":1}\n');
    const fault = faultOf(() => readRunDirectory(directory));
    expect(fault.message).toContain(`journal.jsonl:${journalOfRun().length + 1}: sysid: `);
  });

  it('with a last line that a crash cut short: nothing else is lost', () => {
    const directory = flownRun();
    appendFileSync(join(directory, 'journal.jsonl'), '{"kind":"dro');
    expect(readRunDirectory(directory).tracks.size).toBe(3);
  });

  it('where the report cannot be written: exit 2', () => {
    const { context } = testContext(noStation);
    const fault = faultOf(() => runReport(context, flownRun(), '/no/such/place/report.html'));
    expect(fault).toMatchObject({ code: 'report-unwritable', exit: 'usage' });
    expect(fault.remedy).toContain('--out');
  });
});

describe('the journal', () => {
  const view = fabricatedView(irchel());

  it('is read back as it was written', () => {
    const entries = journalEntries(view, undefined);
    const again = entries.map((entry) =>
      journalEntrySchema.parse(JSON.parse(JSON.stringify(entry))),
    );
    expect(again).toEqual(entries);
  });

  it('writes drones that are heard, and of the rest only what is new', () => {
    const kinds = (before: typeof view | undefined, now: typeof view): string[] =>
      journalEntries(now, before).map((entry) => entry.kind);
    const heard = ['drone', 'drone', 'drone', 'drone'];
    expect(kinds(undefined, view)).toEqual([
      ...heard,
      'cells',
      'finding',
      'event',
      'event',
      'event',
      'event',
    ]);
    expect(kinds(view, view)).toEqual(heard);
    const [first, ...others] = view.cells;
    const later = {
      ...view,
      cells: [{ ...first!, looks: first!.looks + 1 }, ...others],
      events: [
        ...view.events.map((one) => ({ ...one, unixMs: one.unixMs + 1 })),
        { unixMs: 5, text: 'new' },
      ],
    };
    expect(kinds(view, later)).toEqual([...heard, 'cells', 'event']);
    expect(journalEntries(later, view).find((entry) => entry.kind === 'cells')).toMatchObject({
      cells: [[first!.row, first!.column, first!.posterior, first!.looks + 1]],
    });
  });
});

describe('phases over time', () => {
  const at = (second: number, phase: string) =>
    ({ unixMs: 1000 * second, phase }) as Parameters<typeof phaseSpans>[0][number];

  it('joins entries of one phase, and leaves no gap between phases', () => {
    const spans = phaseSpans(
      [at(0, 'standby'), at(1, 'standby'), at(2, 'takeoff'), at(3, 'takeoff')],
      0,
    );
    expect(spans).toEqual([
      { phase: 'standby', fromMs: 0, toMs: 2000 },
      { phase: 'takeoff', fromMs: 2000, toMs: 3000 },
    ]);
  });

  it('shows silence as silence', () => {
    const spans = phaseSpans([at(0, 'offboard'), at(1, 'offboard'), at(20, 'offboard')], 0);
    expect(spans.map((span) => [span.phase, span.fromMs, span.toMs])).toEqual([
      ['offboard', 0, 1000],
      ['silent', 1000, 20_000],
      ['offboard', 20_000, 20_000],
    ]);
  });
});

describe('summary and markup', () => {
  it('prints a dash for what nobody measured', () => {
    const summary = { ...fabricatedSummary(), leastSeparationM: null, planP50Ms: null, drones: [] };
    const output = createOutput(
      false,
      () => {},
      () => {},
    );
    const text = summaryText(summarySchema.parse(summary), output);
    expect(text).toMatch(/least separation +– \(at least 4\.0 m\)/u);
    expect(text).toMatch(/plan time +p50 –, p99 41\.8 ms/u);
  });

  it('escapes every text, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { text: made } = markup`<p title="${text}">${[text, text]}</p>`;
        const inside = made.slice('<p title="'.length, -'</p>'.length).replace('">', '');
        expect(inside).not.toMatch(/[<>"']/u);
        const read = inside
          .replaceAll('&lt;', '<')
          .replaceAll('&gt;', '>')
          .replaceAll('&quot;', '"')
          .replaceAll('&#39;', "'")
          .replaceAll('&amp;', '&');
        expect(read).toBe(text + text + text);
      }),
    );
  });
});
