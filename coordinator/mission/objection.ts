import { Fault, type FaultData } from '#protocols/fault.ts';
import type { Path, Place } from './yaml-text.ts';

export type Locate = (path: Path) => Place;

/** What is wrong with a file that its schema cannot see. */
export interface Objection {
  code: string;
  path: Path;
  what: string;
  remedy: string;
  data?: FaultData;
}

/** Throws the first as a Fault (exit usage) with file, line, column and field. */
export const raiseFirst = (objections: readonly Objection[], locate: Locate): void => {
  const [objection] = objections;
  if (objection === undefined) return;
  const at = locate(objection.path);
  const field = objection.path.join('.');
  throw new Fault(
    objection.code,
    `${at.file}:${at.line}:${at.column}: ${field}: ${objection.what}`,
    { exit: 'usage', data: { ...at, field, ...objection.data }, remedy: objection.remedy },
  );
};
