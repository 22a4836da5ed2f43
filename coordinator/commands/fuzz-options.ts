import type { PlannerModel } from '#agent/mind/plan/open-planner.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import { Fault } from '#protocols/fault.ts';
import type { Mission } from '#protocols/mission/mission.ts';
import { FAULT_KINDS, type FaultName } from '#sim/faults/fault.ts';
import { MISSION_KINDS, type MissionKind } from '#sim/fuzz/draw-mission.ts';
import type { FuzzSettings } from '#sim/fuzz/fuzz-episode.ts';
import { loadMission } from '../mission/load.ts';
import { trustedModelSigners } from './model-signers-file.ts';

/** What a person asks of the episodes of a fuzzing run. */
export interface EpisodeChoice {
  /** Undefined: drawn. */
  drones: number | undefined;
  /** A kind, or a mission's file; undefined: drawn. */
  mission: string | undefined;
  /** `all`, `none`, or kinds with commas. */
  faults: string;
  samples: number;
  /** Percent of the seeds that fly with the shipped model. */
  learnedPercent: number;
  /** Percent of the seeds that fly until all are home. */
  wholePercent: number;
}

/** Drones that one process can fly in reasonable time. */
const MAX_DRONES = 100;
const MAX_SEEDS = 1_000_000;
/** More only costs time: 256 is what a companion computer flies with. */
const MAX_SAMPLES = 1024;
const MODEL_DIR = 'models/current';

/** `3..9` or `7` as a list. Throws Fault 'usage'. */
export const parseSeeds = (text: string): number[] => {
  const match = /^(\d{1,9})(?:\.\.(\d{1,9}))?$/u.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match === null || last < first || last - first >= MAX_SEEDS) {
    throw new Fault('usage', `--seeds is "${text}": neither a number nor a range like 1..100`, {
      data: { option: '--seeds', value: text },
      remedy: 'Give the first and the last seed, e.g. --seeds 1..100.',
      exit: 'usage',
    });
  }
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
};

/** Throws Fault 'usage' that names the kinds there are. */
export const parseFaultKinds = (text: string): FaultName[] => {
  if (text === 'all') return [...FAULT_KINDS];
  if (text === 'none') return [];
  return text.split(',').map((name) => {
    const kind = FAULT_KINDS.find((one) => one === name.trim());
    if (kind !== undefined) return kind;
    throw new Fault('usage', `--faults names "${name.trim()}", which is no kind of fault`, {
      data: { option: '--faults', value: name.trim() },
      remedy: `Give all, none, or some of: ${FAULT_KINDS.join(', ')}.`,
      exit: 'usage',
    });
  });
};

/** A kind by its name, else a file. Throws as loadMission does. */
const missionOf = (text: string | undefined): Mission | MissionKind | undefined =>
  text === undefined
    ? undefined
    : (MISSION_KINDS.find((kind) => kind === text) ?? loadMission(text));

const checkRange = (value: number, least: number, most: number, option: string, what: string) => {
  if (value >= least && value <= most) return;
  throw new Fault('usage', `${option} is ${value}: ${least} to ${most} ${what}`, {
    data: { option, value },
    exit: 'usage',
  });
};

/** A release, and whom this machine trusts to have signed it. */
export const ownModel = (modelDir = MODEL_DIR): PlannerModel & { modelDir: string } => ({
  modelDir,
  modelSignersHex: trustedModelSigners(),
});

/** Throws Fault 'usage', and loadMission's. */
export const fuzzSettings = (choice: EpisodeChoice): FuzzSettings => {
  const { drones, samples, learnedPercent, wholePercent } = choice;
  checkRange(drones ?? 1, 1, MAX_DRONES, '--drones', 'fly in one process');
  checkRange(samples, PLAN_SETTINGS.elites, MAX_SAMPLES, '--samples', 'make a plan');
  checkRange(learnedPercent, 0, 100, '--learned', 'percent fly with the shipped model');
  checkRange(wholePercent, 0, 100, '--whole', 'percent fly until all are home');
  return {
    mission: missionOf(choice.mission),
    drones,
    kinds: parseFaultKinds(choice.faults),
    samples,
    wholeShare: wholePercent / 100,
    ...(learnedPercent === 0
      ? {}
      : {
          learned: {
            share: learnedPercent / 100,
            model: ownModel(),
          },
        }),
  };
};
