import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { EXIT } from '#protocols/fault.ts';
import { reportPage } from '../report/page.ts';
import { readRunDirectory, writeReport } from '../report/run-directory.ts';
import { summaryText } from '../report/summary-text.ts';
import type { Context } from './context.ts';

/** `skein report [RUN_DIR]`: one HTML file about a run that ended, and its figures on the terminal. */
export const runReport = (
  context: Context,
  runDirectory: string,
  out: string | undefined,
): number => {
  const record = readRunDirectory(runDirectory);
  const path = resolve(out ?? join(runDirectory, 'report.html'));
  writeReport(path, reportPage(record));
  context.output.data(
    { report: path, summary: record.summary },
    () => `${summaryText(record.summary, context.output)}\n\nReport: ${pathToFileURL(path).href}`,
  );
  return EXIT.ok;
};
