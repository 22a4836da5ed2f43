import { Fault } from '../fault.ts';
import { MAX_FILE_BYTES, type Disk } from './disk-port.ts';
import type { NumberedRecord } from './record.ts';
import { segmentIndexOf } from './segment-meta.ts';
import { recordsOf, scanSegment } from './segment-scan.ts';

/** Files of a directory that are segments, in the order of the flight. */
export const segmentFiles = (files: readonly string[]): string[] =>
  files
    .filter((file) => segmentIndexOf(file) !== undefined)
    .sort((a, b) => segmentIndexOf(a)! - segmentIndexOf(b)!);

/**
 * All records of a flight, in the order they were written, one segment in memory at a time. A torn
 * last segment ends the records without complaint ({@link verifyFlight} tells); records sent again
 * after the recorder died may stand twice. Throws Fault 'log-not-found', or 'log-segment-damaged'
 * when a segment that others follow breaks off.
 */
export async function* readFlight(disk: Disk): AsyncGenerator<NumberedRecord, void, void> {
  const files = segmentFiles(await disk.list());
  if (files.length === 0) {
    throw new Fault('log-not-found', 'there is no flight log here', {
      remedy: 'Name the directory that holds chain.jsonl and 000001.mcap.',
      exit: 'usage',
    });
  }
  for (const file of files) {
    const scan = scanSegment(await disk.read(file, MAX_FILE_BYTES));
    yield* recordsOf(scan);
    if (!scan.complete && file !== files.at(-1)) {
      throw new Fault('log-segment-damaged', `${file} breaks off at byte ${scan.validBytes}`, {
        data: { file, offset: scan.validBytes, problem: scan.problem ?? 'cut short' },
        remedy: 'Run "skein log verify" to see what is sound.',
      });
    }
  }
}
