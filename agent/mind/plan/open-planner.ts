import { Fault } from '#protocols/fault.ts';
import { verifySignature } from '#protocols/gossip/signing.ts';
import { kinematicsModel } from '#world/kinematics.ts';
import { sha256Hex } from '#world/release/digest.ts';
import { readReleaseFiles } from '#world/release/release-file.ts';
import { loadRelease } from '#world/release/release.ts';
import type { PlanRequest } from '../plan-port.ts';
import { learnedMppi } from './mppi/learned-mppi.ts';
import { plainMppi } from './mppi/plain-mppi.ts';
import { createPlanner, plannerName, type PlannerParts, type TimelessAnswer } from './planner.ts';
import { PLAN_SETTINGS, type PlanSettings } from './settings.ts';

/** Which model imagines: the agent's configuration has both. */
export interface PlannerModel {
  /** Directory of a signed release; null = fly by the analytic model. */
  modelDir: string | null;
  /** Hex of the raw Ed25519 keys whose releases may fly. */
  modelSignersHex: readonly string[];
}

/** A planner in this very process: `plan` blocks its thread while it imagines. */
export interface OpenPlanner {
  plan(request: PlanRequest): Promise<TimelessAnswer>;
  /** `name@version` of what imagines, and the planner's own version: as its answers say it. */
  model: string;
  /** Why the release does not fly and the analytic model does; undefined when all is as configured. */
  fault: Fault | undefined;
  close(): Promise<void>;
}

type Imagination = Omit<PlannerParts, 'hash'>;

const analytic = (settings: PlanSettings): Imagination => ({
  model: kinematicsModel(settings.kinematics),
  source: 'analytic',
  calibration: null,
  weights: JSON.stringify(settings.kinematics),
  settings,
  session: plainMppi(settings),
});

const imaginationOf = (
  { modelDir, modelSignersHex }: PlannerModel,
  settings: PlanSettings,
): { imagination: Imagination; fault: Fault | undefined } => {
  if (modelDir === null) return { imagination: analytic(settings), fault: undefined };
  try {
    const files = readReleaseFiles(modelDir);
    const release = loadRelease(files, modelSignersHex, verifySignature);
    const { model, content, calibration, digest, kinematics } = release;
    const fitted = { ...settings, kinematics };
    const imagination: Imagination = {
      model,
      source: 'model',
      calibration,
      weights: digest,
      settings: fitted,
      session: learnedMppi(content, fitted),
    };
    return { imagination, fault: undefined };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { imagination: analytic(settings), fault: error };
  }
};

/**
 * Opens a planner over the release, or over the analytic model when there is none or it cannot be trusted (then `fault` says
 * why: a drone with a bad release still flies, and says so).
 */
export const openPlanner = async (
  model: PlannerModel,
  settings: PlanSettings = PLAN_SETTINGS,
): Promise<OpenPlanner> => {
  const { imagination, fault } = imaginationOf(model, settings);
  return {
    plan: createPlanner({ ...imagination, hash: sha256Hex }),
    model: plannerName(imagination.model),
    fault,
    close: async () => undefined,
  };
};
