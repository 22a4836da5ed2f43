import type { Transcript } from '../transcript.ts';
import type { Comparison, Difference } from './comparison.ts';

interface Answers {
  index: number;
  count: number;
  type: number;
  /** The four bytes of the value, one entry for each PARAM_VALUE in order. */
  raw: number[];
}

const INT32 = 6;

const answersByName = ({ parameters }: Transcript): Map<string, Answers> => {
  const byName = new Map<string, Answers>();
  for (const { value } of parameters) {
    const { paramId, paramIndex, paramCount, paramType, raw } = value;
    const known = byName.get(paramId);
    if (known === undefined) {
      byName.set(paramId, { index: paramIndex, count: paramCount, type: paramType, raw: [raw] });
    } else known.raw.push(raw);
  }
  return byName;
};

const valueOf = (raw: number, type: number): number => {
  if (type === INT32) return raw | 0;
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, raw);
  return view.getFloat32(0);
};

const listed = (names: readonly string[]): string =>
  names.length > 6 ? `${names.slice(0, 6).join(', ')} … (${names.length})` : names.join(', ');

/** Every PARAM_VALUE: names, count, indices, types, and the values in the order of the answers. */
export const compareParameters = (recorded: Transcript, made: Transcript): Comparison => {
  const real = answersByName(recorded);
  const other = answersByName(made);
  const differences: Difference[] = [];
  const add = (key: string, detail: string): void => {
    differences.push({ aspect: 'parameter', key, detail });
  };
  const missing = [...real.keys()].filter((name) => !other.has(name));
  const extra = [...other.keys()].filter((name) => !real.has(name));
  if (missing.length > 0) add('missing', `not answered by the stand-in: ${listed(missing)}`);
  if (extra.length > 0) add('extra', `answered by the stand-in only: ${listed(extra)}`);
  const misplaced: string[] = [];
  for (const [name, a] of real) {
    const b = other.get(name);
    if (b === undefined) continue;
    if (a.index !== b.index || a.count !== b.count) misplaced.push(name);
    const same = a.type === b.type && a.raw.join() === b.raw.join();
    if (same) continue;
    const text = ({ type, raw }: Answers): string =>
      `${raw.map((one) => Number(valueOf(one, type).toPrecision(7))).join(', ')} (type ${type})`;
    add(name, `${name}: recorded ${text(a)}; stand-in ${text(b)}`);
  }
  if (misplaced.length > 0) add('index', `other index or count: ${listed(misplaced)}`);
  return { aspect: 'parameter', compared: recorded.parameters.length, differences };
};
