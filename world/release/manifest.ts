import * as z from 'zod';
import { CHANGES, CONTEXT_SIZE, MEMBERS, PARAMETER_COUNT } from '../parameter-layout.ts';
import { ACTION_SIZE, HISTORY_STEPS, OBSERVATION_SIZE, STATE_SIZE, STEP_S } from '../spaces.ts';

/** Longest lead that a release may be calibrated for: bounds what a manifest can make us hold. */
const MAX_STEPS = 64;

const finite = z.number();
const positive = z.number().positive();
const axes = z.array(positive).length(3).readonly();
const perStep = z.array(axes).min(1).max(MAX_STEPS).readonly();
const shares = z.array(z.number().min(0).max(1)).length(3).readonly();

/** Sizes that the weights were trained for: a release for other sizes cannot be loaded by this build. */
const architectureSchema = z.strictObject({
  kind: z.string().max(32),
  members: z.number(),
  contextSize: z.number(),
  historySteps: z.number(),
  observationSize: z.number(),
  stateSize: z.number(),
  actionSize: z.number(),
  stepS: z.number(),
  parameters: z.number(),
});

type Architecture = z.infer<typeof architectureSchema>;

/** What this build can run. */
export const ARCHITECTURE: Architecture = {
  kind: 'latent-ensemble',
  members: MEMBERS,
  contextSize: CONTEXT_SIZE,
  historySteps: HISTORY_STEPS,
  observationSize: OBSERVATION_SIZE,
  stateSize: STATE_SIZE,
  actionSize: ACTION_SIZE,
  stepS: STEP_S,
  parameters: PARAMETER_COUNT,
};

const calibrationSchema = z.strictObject({
  coverage: z.number().gt(0).lt(1),
  velocityScale: perStep,
  positionScale: perStep,
  disagreement: z.strictObject({
    falseTripRate: z.number().gt(0).lt(1),
    thresholdMps: positive,
  }),
  innovation: z.strictObject({
    scale: axes,
    allowance: positive,
    threshold: positive,
    falseTripsPerHour: positive,
  }),
});

/** First-order response fitted to the same training flights: the baseline, and the analytic model of this vehicle. */
const responseSchema = z.strictObject({ ratePerS: positive, gain: finite });

const baselineSchema = z.strictObject({
  horizontal: responseSchema,
  vertical: responseSchema,
  /** (m/s)² that one step adds to the velocity's variance, from the baseline's own errors. */
  horizontalVariance: positive,
  verticalVariance: positive,
});

/** Figures on held-out flights, one second ahead. */
const metricsSchema = z.strictObject({
  velocityRmsMps: finite,
  velocityRmsBaselineMps: finite,
  velocityRmsConstantMps: finite,
  positionRmsM: finite,
  positionRmsBaselineM: finite,
  positionRmsConstantM: finite,
  /** Model / fitted baseline, velocity. */
  errorRatio: finite,
  /** Share of outcomes inside the calibrated intervals: ahead, right, down. */
  coverageVelocity: shares,
  coveragePosition: shares,
  /** How well disagreement tells excitation 2 and 3 times beyond training from nominal flight. */
  aurocExcitation2x: finite,
  aurocExcitation3x: finite,
  innovationTripsPerHour: finite,
});

const dataSchema = z.strictObject({
  source: z.string().max(200),
  flights: z.number().int(),
  testFlights: z.number().int(),
  transitions: z.number().int(),
  hours: finite,
  seed: z.number().int(),
});

const fileSchema = z.strictObject({
  name: z.string().max(64),
  bytes: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/u),
});

/** Everything about a release but its weights; `manifest.sig` signs the bytes of this file. */
export const manifestSchema = z.strictObject({
  format: z.literal('skein-release/1'),
  name: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,62}$/u),
  version: z.uint32(),
  createdUtc: z.string().max(32),
  architecture: architectureSchema,
  files: z.array(fileSchema).min(1).max(8),
  normalisation: z.strictObject({
    observationMean: z.array(finite).length(OBSERVATION_SIZE).readonly(),
    observationDeviation: z.array(positive).length(OBSERVATION_SIZE).readonly(),
    changeDeviation: z.array(positive).length(CHANGES).readonly(),
  }),
  calibration: calibrationSchema,
  baseline: baselineSchema,
  metrics: metricsSchema,
  data: dataSchema,
  training: z.strictObject({
    steps: z.number().int(),
    bestStep: z.number().int(),
    batch: z.number().int(),
    horizon: z.number().int(),
    peakRate: positive,
  }),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type Metrics = Manifest['metrics'];
export type Baseline = Manifest['baseline'];

/** What a release says about itself; sizes and digests are added when it is sealed. */
export type ReleaseContent = Omit<Manifest, 'format' | 'architecture' | 'files'>;

export const WEIGHTS_FILE = 'weights.bin';
export const MANIFEST_FILE = 'manifest.json';
export const SIGNATURE_FILE = 'manifest.sig';
export const CARD_FILE = 'MODEL_CARD.md';
