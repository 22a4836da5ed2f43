import type { KnownDifference } from './known-difference.ts';

/** The table stands between these lines of docs/px4.md. */
const BEGIN = '<!-- differences: begin -->';
const END = '<!-- differences: end -->';

/** One row for each difference: id, where, what, why. */
export const rowsOf = (differences: readonly KnownDifference[]): string[][] =>
  differences.map(({ id, recordings, what, reason }) => [
    `\`${id}\``,
    recordings?.map((name) => `\`${name}\``).join(', ') ?? 'all',
    what,
    reason,
  ]);

/** As Markdown; the formatter aligns it. */
export const tableOf = (differences: readonly KnownDifference[]): string =>
  [['id', 'recordings', 'difference', 'reason'], ['-', '-', '-', '-'], ...rowsOf(differences)]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');

/** The rows of the table in a document, without its head. */
export const rowsIn = (document: string): string[][] => {
  const table = document.split(BEGIN)[1]?.split(END)[0] ?? '';
  const rows = table
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  return rows.slice(2);
};
