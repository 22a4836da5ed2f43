import { Fault } from '#protocols/fault.ts';
import { verifySignature } from '#protocols/gossip/signing.ts';
import { kinematicsModel } from '#world/kinematics.ts';
import { sha256Hex } from '#world/release/digest.ts';
import { readReleaseFiles } from '#world/release/release-file.ts';
import { loadRelease } from '#world/release/release.ts';
import { createSession, type Session } from '#world/session.ts';
import type { PlanRequest } from '../plan-port.ts';
import { mppiGraph } from './mppi/graph.ts';
import { plainMppi } from './mppi/plain-mppi.ts';
import { createPlanner, type PlannerParts, type TimelessAnswer } from './planner.ts';
import { PLAN_SETTINGS, type PlanSettings } from './settings.ts';

/** Which model imagines: the agent's configuration has both. */
export interface PlannerModel {
  /** Directory of a signed release; null = fly by the analytic model. */
  modelDir: string | null;
  /** Hex of the raw Ed25519 keys whose releases may fly. */
  modelSignersHex: readonly string[];
}

/** A planner in this very process: `plan` blocks its thread while the graph runs. */
export interface OpenPlanner {
  plan(request: PlanRequest): Promise<TimelessAnswer>;
  /** `name@version` of what imagines. */
  model: string;
  /** Why the release does not fly and the analytic model does; undefined when all is as configured. */
  fault: Fault | undefined;
  close(): Promise<void>;
}

type Imagination = Pick<PlannerParts, 'model' | 'source' | 'calibration' | 'weights' | 'settings'>;

const analytic = (settings: PlanSettings): Imagination => ({
  model: kinematicsModel(settings.kinematics),
  source: 'analytic',
  calibration: null,
  weights: JSON.stringify(settings.kinematics),
  settings,
});

const imaginationOf = (
  { modelDir, modelSignersHex }: PlannerModel,
  settings: PlanSettings,
): { imagination: Imagination; fault: Fault | undefined } => {
  if (modelDir === null) return { imagination: analytic(settings), fault: undefined };
  try {
    const files = readReleaseFiles(modelDir);
    const release = loadRelease(files, modelSignersHex, verifySignature);
    const { model, calibration, digest, kinematics } = release;
    const fitted = { ...settings, kinematics };
    const source = 'model';
    return {
      imagination: { model, source, calibration, weights: digest, settings: fitted },
      fault: undefined,
    };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { imagination: analytic(settings), fault: error };
  }
};

/** The analytic model is a few numbers: around it, plain loops are an order of magnitude cheaper than the nodes of a graph. */
const sessionOf = async ({
  model,
  source,
  settings,
}: Imagination): Promise<Pick<Session, 'run'> & Partial<Session>> =>
  source === 'analytic' ? plainMppi(settings) : createSession(mppiGraph(model, settings));

/**
 * Opens a planner over the release, or over the analytic model when there is none or it cannot be trusted (then `fault` says
 * why: a drone with a bad release still flies, and says so).
 * Throws Fault `session-load` when onnxruntime refuses the planner's own graph.
 */
export const openPlanner = async (
  model: PlannerModel,
  settings: PlanSettings = PLAN_SETTINGS,
): Promise<OpenPlanner> => {
  const { imagination, fault } = imaginationOf(model, settings);
  const session = await sessionOf(imagination);
  return {
    plan: createPlanner({ ...imagination, session, hash: sha256Hex }),
    model: `${imagination.model.id}@${imagination.model.version}`,
    fault,
    close: async () => session.release?.(),
  };
};
