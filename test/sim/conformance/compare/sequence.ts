import { seconds, type Aspect, type Difference } from './comparison.ts';
import type { Timed } from '../transcript.ts';

export interface Span {
  label: string;
  fromS: number;
  toS: number;
}

/** Samples run together: one span for each stretch of equal labels. */
export const spansOf = (samples: readonly Timed<string>[], endS: number): Span[] => {
  const spans: Span[] = [];
  for (const { atS, value } of samples) {
    const last = spans.at(-1);
    if (last?.label === value) continue;
    if (last !== undefined) last.toS = atS;
    spans.push({ label: value, fromS: atS, toS: endS });
  }
  return spans;
};

/** Pairs of indices of a longest common subsequence. */
export const commonOrder = (a: readonly string[], b: readonly string[]): [number, number][] => {
  const lengths = Array.from({ length: a.length + 1 }, () => new Int32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i]![j] =
        a[i] === b[j]
          ? lengths[i + 1]![j + 1]! + 1
          : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) {
      pairs.push([i, j]);
      i += 1;
      j += 1;
    } else if (lengths[i + 1]![j]! >= lengths[i]![j + 1]!) i += 1;
    else j += 1;
  }
  return pairs;
};

export interface SequenceTolerance {
  /** How far the beginnings of the same span may lie apart. */
  beginS: number;
  /** Shorter spans may have fallen between two samples on either side. */
  shortestS: number;
}

const spanDifference = (
  aspect: Aspect,
  place: string,
  recorded: Span | undefined,
  made: Span | undefined,
): Difference => {
  const text = (span: Span | undefined): string =>
    span === undefined ? 'nothing' : `${span.label} at ${seconds(span.fromS)}`;
  return {
    aspect,
    key: `${place} ${recorded?.label ?? `+ ${made?.label ?? ''}`}`,
    detail: `recorded ${text(recorded)}; stand-in ${text(made)}`,
  };
};

/**
 * Same spans in the same order, beginning at the same times. Spans are numbered by their place in the
 * recording (#0 the first); one that only the stand-in has is called by the recorded span before it.
 */
export const compareSpans = (
  aspect: Aspect,
  recorded: readonly Span[],
  made: readonly Span[],
  tolerance: SequenceTolerance,
): Difference[] => {
  const pairs = commonOrder(
    recorded.map(({ label }) => label),
    made.map(({ label }) => label),
  );
  const differences: Difference[] = [];
  const isShort = (span: Span): boolean => span.toS - span.fromS <= tolerance.shortestS;
  let i = 0;
  let j = 0;
  for (const [toI, toJ] of [...pairs, [recorded.length, made.length] as const]) {
    const missing = recorded.slice(i, toI).map((span, at) => ({ span, at: i + at }));
    const extra = made.slice(j, toJ);
    const lost = missing.filter(({ span }) => !isShort(span));
    const added = extra.filter((span) => !isShort(span));
    for (let k = 0; k < Math.max(lost.length, added.length); k += 1) {
      const place = lost[k] === undefined ? `#${toI - 1}` : `#${lost[k]!.at}`;
      differences.push(spanDifference(aspect, place, lost[k]?.span, added[k]));
    }
    if (toI < recorded.length) {
      const a = recorded[toI]!;
      const b = made[toJ]!;
      if (Math.abs(a.fromS - b.fromS) > tolerance.beginS && toI > 0) {
        differences.push({
          aspect,
          key: `#${toI} ${a.label} time`,
          detail: `${a.label} recorded at ${seconds(a.fromS)}; stand-in at ${seconds(b.fromS)}`,
        });
      }
    }
    i = toI + 1;
    j = toJ + 1;
  }
  return differences;
};
