import type { JudgedOptions } from '../episode/judged-episode.ts';
import type { ScenarioDocument } from './scenario-document.ts';
import { settle } from './settle.ts';

/** What flies an episode, which no file says. */
export type EpisodeParts = Pick<JudgedOptions, 'verify' | 'safePlan' | 'imagine' | 'model'>;

/** The episode of a scenario file. The same file and parts give the same one, to the byte. */
export const openScenario = (document: ScenarioDocument, parts: EpisodeParts): JudgedOptions => {
  const { seed, mission, radio, world, faults, orders, limits } = document;
  const { base, extraDelayMs, extraLoss, edgeM, lostM } = radio;
  return {
    ...parts,
    seed,
    scenario: settle(document).scenario,
    radio: {
      base,
      range: { edgeM, lostM },
      ...(extraDelayMs === 0 && extraLoss === 0
        ? {}
        : { extra: { delayMs: extraDelayMs, loss: extraLoss } }),
      ...(world.jammedZones.length === 0 ? {} : { jammed: world.jammedZones }),
    },
    mission,
    faults,
    orders,
    untilMs: limits.untilMs,
  };
};
