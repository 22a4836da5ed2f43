import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import type { OpenPlanner } from '#agent/mind/plan/open-planner.ts';
import { loadMission } from '#coordinator/mission/load.ts';
import { JudgedEpisode, type JudgedOptions } from '#sim/episode/judged-episode.ts';
import { FAULT_KINDS } from '#sim/faults/fault.ts';
import { fuzzEpisode } from '#sim/fuzz/fuzz-episode.ts';
import { scenarioSchema } from '#sim/scenario.ts';
import { openScenario } from '#sim/scenarios/open-scenario.ts';
import { scenarioDocumentSchema } from '#sim/scenarios/scenario-document.ts';
import { writeScenario } from '#sim/scenarios/write-scenario.ts';
import { openCornerPlanner } from '../episode/corner.ts';

let planner: OpenPlanner;
beforeAll(async () => {
  planner = await openCornerPlanner();
});
afterAll(() => planner.close());

const MISSION = loadMission('missions/search-irchel.yaml');

const fuzzed = (seed: number, drones = 3): JudgedOptions =>
  fuzzEpisode(seed, { mission: MISSION, drones, kinds: FAULT_KINDS, samples: 32 }, planner);

const again = (options: JudgedOptions): JudgedOptions => {
  const text = writeScenario(options, { name: 'again' });
  return openScenario(scenarioDocumentSchema.parse(parse(text)), options);
};

describe('an episode written as a scenario file and opened again', () => {
  it('is the same in everything, whatever the fuzzer drew', () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const options = fuzzed(seed);
      expect(again(options)).toEqual(options);
    }
  });

  it('is the same where everything is unusual', () => {
    const { scenario, ...others } = fuzzed(4);
    const [first, ...rest] = scenario.vehicles;
    const options: JudgedOptions = {
      ...others,
      scenario: scenarioSchema.parse({
        ...scenario,
        seed: 99,
        profile: '1.15',
        rebootsOnCommand: false,
        obstacles: [
          { kind: 'box', northM: 1, eastM: 2, lengthNorthM: 3, lengthEastM: 4, heightM: 5 },
        ],
        targets: [{ northM: 0.1 + 0.2, eastM: -0 }],
        windField: {
          shearExponent: 0.14,
          zones: [{ northM: 0, eastM: 0, radiusM: 9, downMps: 1 }],
        },
        noGnssZones: [{ northM: 5, eastM: 5, radiusM: 20 }],
        pDetect: 0.31,
        pFalse: 0.02,
        fence: { ...scenario.fence, maxHeightM: 33 },
        rates: { 32: 12 },
        battery: { capacityAh: 3 },
        physics: { massKg: 1.3 },
        vehicles: [
          { ...first, yawDeg: 12, parameters: { RTL_RETURN_ALT: 7 }, battery: { cells: 6 } },
          ...rest.map((one) => ({ ...one, physics: { massKg: 0.9 } })),
        ],
      }),
      radio: {
        base: 'P2',
        range: { edgeM: 10, lostM: 20 },
        extra: { delayMs: 30, loss: 0.25 },
        jammed: [{ northM: 1, eastM: 1, radiusM: 5 }],
      },
      orders: [
        { atMs: 20_000, order: 'hold', sysids: [2] },
        { atMs: 25_000, order: 'resume', sysids: [2] },
        { atMs: 30_000, order: 'abort', sysids: [] },
        { atMs: 35_000, order: 'goal', mission: others.mission },
      ],
    };
    expect(again(options)).toEqual(options);
  });

  it('leaves the same records, to the byte', async () => {
    const options = { ...fuzzed(7, 2), untilMs: 14_000 };
    const digests: string[] = [];
    for (const one of [options, again(options)]) {
      const verdict = await new JudgedEpisode(one).run();
      digests.push(verdict.digest);
    }
    expect(digests[1]).toBe(digests[0]);
  });
});
