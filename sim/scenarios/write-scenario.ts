import { isDeepStrictEqual } from 'node:util';

import { stringify } from 'yaml';

import type { JudgedOptions } from '../episode/judged-episode.ts';
import { fenceOf, knownObstacles } from '../swarm/scenario-of.ts';
import {
  scenarioDocumentSchema,
  type ScenarioDocument,
  type ScenarioDocumentInput,
} from './scenario-document.ts';
import { settle } from './settle.ts';

/** What a file says beside the episode itself. */
export interface ScenarioTitle {
  name: string;
  about?: string;
  success?: ScenarioDocumentInput['success'];
}

/**
 * An episode as a scenario document: what its seed drew is written out, what is as the defaults have it is
 * left out. Opened again it is the same episode, to the byte.
 */
export const documentOf = (options: JudgedOptions, title: ScenarioTitle): ScenarioDocumentInput => {
  const { seed, mission, radio, faults, orders = [], untilMs } = options;
  const { extra } = radio;
  return {
    skein: 1,
    name: title.name,
    ...(title.about === undefined ? {} : { about: title.about }),
    seed,
    mission,
    world: worldOf(options),
    fleet: fleetOf(options),
    radio: {
      base: radio.base,
      ...radio.range,
      ...(extra === undefined ? {} : { extraDelayMs: extra.delayMs, extraLoss: extra.loss }),
    },
    faults: [...faults],
    orders: [...orders],
    ...(title.success === undefined ? {} : { success: title.success }),
    limits: { untilMs },
  };
};

/** The text of the file. */
export const writeScenario = (options: JudgedOptions, title: ScenarioTitle): string =>
  stringify(documentOf(options, title), { lineWidth: 120, aliasDuplicateObjects: false });

const worldOf = ({
  seed,
  scenario,
  mission,
  radio,
}: JudgedOptions): ScenarioDocumentInput['world'] => {
  const known = knownObstacles(mission);
  const standsKnown = isDeepStrictEqual(scenario.obstacles.slice(0, known.length), known);
  return {
    ...(scenario.seed === seed ? {} : { seed: scenario.seed }),
    ...(standsKnown ? {} : { missionObstacles: false }),
    obstacles: scenario.obstacles.slice(standsKnown ? known.length : 0),
    wind: scenario.wind,
    ...(scenario.windField === undefined ? {} : { windField: scenario.windField }),
    noGnssZones: scenario.noGnssZones,
    jammedZones: [...(radio.jammed ?? [])],
    targets: scenario.targets,
    pDetect: scenario.pDetect,
    pFalse: scenario.pFalse,
    ...(isDeepStrictEqual(scenario.fence, fenceOf(mission)) ? {} : { fence: scenario.fence }),
  };
};

const fleetOf = (options: JudgedOptions): ScenarioDocument['fleet'] => {
  const { profile, rebootsOnCommand, rates, physics, battery, vehicles } = options.scenario;
  const bare = {
    profile,
    rebootsOnCommand,
    rates,
    parameters: {},
    physics,
    battery,
    mixed: [],
  };
  const safe = settle({
    ...scenarioDocumentSchema.parse({
      skein: 1,
      name: 'safe',
      seed: 0,
      mission: options.mission,
      fleet: { ...bare, vehicles: vehicles.map((one) => ({ ...one, parameters: {} })) },
      limits: { untilMs: 1000 },
    }),
  }).scenario.vehicles;
  // What the pre-flight check sets is written only where a vehicle goes without.
  const isSafe = vehicles.every(({ parameters }, index) =>
    Object.keys(safe[index]!.parameters).every((name) => name in parameters),
  );
  if (!isSafe) return { ...bare, safeParameters: false, vehicles };
  return {
    ...bare,
    safeParameters: true,
    vehicles: vehicles.map((vehicle, index) => ({
      ...vehicle,
      parameters: Object.fromEntries(
        Object.entries(vehicle.parameters).filter(
          ([name, value]) => safe[index]!.parameters[name] !== value,
        ),
      ),
    })),
  };
};
