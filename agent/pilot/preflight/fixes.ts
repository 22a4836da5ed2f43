import type { ParameterFix } from './finding.ts';
import type { PreflightInput } from './input.ts';
import { preflight } from './preflight.ts';

/** One fix may call for another (a wind limit for its action); more rounds than checks are never needed. */
const MOST_ROUNDS = 8;

/** A change of one parameter, from what the vehicle has to what is safe. */
export interface ParameterChange extends ParameterFix {
  from: number;
}

/**
 * The changes after which no finding that a parameter can mend is left, each parameter once.
 * Parameters that this PX4 does not have are not among them.
 */
export const fixesFor = (input: PreflightInput): ParameterChange[] => {
  const parameters = new Map(input.parameters);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const fixes = preflight({ ...input, parameters })
      .flatMap(({ fix }) => fix)
      .filter(({ name, value }) => {
        const now = parameters.get(name);
        return typeof now === 'number' && now !== value;
      });
    if (fixes.length === 0) break;
    for (const { name, value } of fixes) parameters.set(name, value);
  }
  const changes: ParameterChange[] = [];
  for (const [name, value] of parameters) {
    const from = input.parameters.get(name);
    if (typeof value !== 'number' || typeof from !== 'number' || Object.is(from, value)) continue;
    changes.push({ name, from, value });
  }
  return changes;
};
