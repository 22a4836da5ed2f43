import type { Finding } from './finding.ts';
import type { PreflightInput } from './input.ts';

/** One thing that is looked at before every arming. */
export interface Check {
  /** Parameters without which it cannot vouch for the protection: one that is missing refuses. */
  needs: readonly string[];
  /** Further parameters that it judges when they are there. */
  reads?: readonly string[];
  find(input: PreflightInput): readonly Finding[];
}
