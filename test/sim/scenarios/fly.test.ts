import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { safePlanner } from '#agent/mind/plan/safe.ts';
import { PLAN_SETTINGS } from '#agent/mind/plan/settings.ts';
import type { OpenPlanner } from '#agent/mind/plan/open-planner.ts';
import { runScenarioFly, runScenarioValidate } from '#coordinator/commands/scenario.ts';
import { loadScenario } from '#coordinator/scenario/load.ts';
import { EXIT } from '#protocols/fault.ts';
import { verifySignature } from '#protocols/gossip/signing.ts';
import { Episode } from '#sim/episode/episode.ts';
import type { EpisodeParts } from '#sim/scenarios/open-scenario.ts';
import { flyScenario } from '#sim/scenarios/fly-scenario.ts';
import { openScenario } from '#sim/scenarios/open-scenario.ts';
import type { ScenarioDocument } from '#sim/scenarios/scenario-document.ts';
import { noStation, testContext } from '../../coordinator/run-skein.ts';
import { openCornerPlanner } from '../episode/corner.ts';
import { scenarioFile } from './scenario-files.ts';

let planner: OpenPlanner;
let parts: EpisodeParts;
beforeAll(async () => {
  planner = await openCornerPlanner();
  parts = {
    verify: verifySignature,
    safePlan: safePlanner(PLAN_SETTINGS),
    imagine: planner.plan,
    model: planner.model,
  };
});
afterAll(() => planner.close());

/** Two drones that change places over 20 m; what is asked of them, and what the world has beside. */
const swap = (success: string, more = ''): string => `
skein: 1
name: two
seed: 3
mission:
  skein: 1
  name: two
  kind: goto
  origin: { latDeg: 47.397742, lonDeg: 8.545594, altAmslM: 488 }
  area: { cornersM: [[-20, -20], [-20, 20], [20, 20], [20, -20]] }
  fence:
    polygon: { cornersM: [[-50, -50], [-50, 50], [50, 50], [50, -50]] }
    minHeightM: -3
    maxHeightM: 60
  rallyPoints: []
  obstacles: []
  heightM: 6
  cruiseSpeedMps: 5
  minSeparationM: 1
  goals: [{ sysid: 1, northM: -10, eastM: 0 }, { sysid: 2, northM: 10, eastM: 0 }]
  limits: { maxSpeedMps: 6, maxClimbMps: 3, maxDescentMps: 1.5, maxAccelerationMps2: 5 }
  takeoff: { heightM: 6, intervalS: 0 }
  landing: { intervalS: 0 }
  rtl: { baseHeightM: 8, layerM: 3 }
  battery: { reserve: 0.2 }
  lostLink: { afterS: 120, action: rtl }
  lostPosition: { afterS: 5, action: land }
  timeLimitS: 60
fleet: { count: 2, homes: { kind: circle, radiusM: 10 } }
success: ${success}
limits: { untilMs: 90000 }
${more}
`;

const GOALS = '{ collisionFree: {}, goalsReached: { withinM: 1 } }';

const documentOf = (text: string): ScenarioDocument => loadScenario(scenarioFile(text));

describe('skein scenario', () => {
  it('flies a file and tells each criterion with its figure; unmet is failed', async () => {
    const { context, said } = testContext(noStation, true);
    const wanted =
      '{ collisionFree: {}, goalsReached: { withinM: 1 }, meanTravelS: 1, withinS: 40 }';
    const code = await runScenarioFly(context, {
      file: scenarioFile(swap(wanted)),
      seed: undefined,
      extraDelayMs: 50,
      samples: 32,
      html: undefined,
      command: 'skein scenario fly two.yaml',
    });
    expect(code).toBe(EXIT.failed);
    const result = JSON.parse(said.stdout) as {
      success: boolean;
      criteria: { name: string; met: boolean; figure: number }[];
    };
    expect(result.success).toBe(false);
    const criterion = (name: string) => result.criteria.find((one) => one.name === name)!;
    // Whole places were changed, each around the other, in a time that no quadrotor undercuts.
    expect(criterion('goalsReached')).toMatchObject({ met: true, figure: 1 });
    expect(criterion('collisionFree').met).toBe(true);
    expect(criterion('collisionFree').figure).toBeGreaterThan(1);
    expect(criterion('collisionFree').figure).toBeLessThan(30);
    expect(criterion('meanTravelS').met).toBe(false);
    expect(criterion('meanTravelS').figure).toBeGreaterThan(20 / 6);
    expect(criterion('withinS').met).toBe(true);
  });

  it('succeeds when all is met', async () => {
    const { success, verdict, criteria } = await flyScenario(documentOf(swap(GOALS)), parts);
    expect(criteria.filter(({ met }) => !met)).toEqual([]);
    expect(verdict.violations).toEqual([]);
    expect(success).toBe(true);
  });

  it('says what a file is about', () => {
    const { context, said } = testContext(noStation);
    expect(runScenarioValidate(context, scenarioFile(swap(GOALS)))).toBe(EXIT.ok);
    expect(said.stdout).toContain('valid. 2 drones, 0 obstacles');
  });
});

describe('places in the world of a scenario', () => {
  it('take the GNSS of whoever is truly there, and the radio of whoever receives there', async () => {
    const zones = `
world:
  noGnssZones: [{ northM: 10, eastM: 0, radiusM: 4 }]
  jammedZones: [{ northM: -10, eastM: 0, radiusM: 4 }]
radio: { extraDelayMs: 30, extraLoss: 0.2 }
`;
    const episode = new Episode(openScenario(documentOf(swap(GOALS, zones)), parts));
    await episode.run(3000);
    expect(episode.vehicle(1)!.hasGnss).toBe(false);
    expect(episode.vehicle(2)!.hasGnss).toBe(true);
    // A receiver that works again helps nothing there; one that is dead elsewhere is dead.
    episode.vehicle(1)!.injure({ kind: 'gnss', works: true });
    episode.vehicle(2)!.injure({ kind: 'gnss', works: false });
    expect(episode.vehicle(1)!.hasGnss).toBe(false);
    expect(episode.vehicle(2)!.hasGnss).toBe(false);
    // P4 where it is jammed, P1 elsewhere, both with what the file adds.
    const jammed = episode.field.profileOf(1, 2)!;
    const free = episode.field.profileOf(2, 1)!;
    expect(jammed.delayFloorMs).toBe(230);
    expect(jammed.lossBad).toBe(1);
    expect(free.delayFloorMs).toBe(35);
    expect(free.lossGood).toBeCloseTo(1 - 0.995 * 0.8, 9);
    expect(episode.field.profileOf(2, 1)).toBe(free);
  });
});
