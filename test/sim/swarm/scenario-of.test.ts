import { describe, expect, it } from 'vitest';

import { loadMission } from '#coordinator/mission/load.ts';
import { areaNed } from '#protocols/mission/ground.ts';
import { containsPoint } from '#protocols/polygon.ts';
import { scenarioSchema } from '#sim/scenario.ts';
import { swarmLayout } from '#sim/swarm/layout.ts';
import { scenarioOf } from '#sim/swarm/scenario-of.ts';

const mission = loadMission('missions/search-irchel.yaml');
const layout = swarmLayout({
  runDir: '/run',
  stationSocket: '/run/station.sock',
  drones: 5,
  portOffset: 0,
  homeSpacingM: 10,
});

describe('the world made for a mission', () => {
  it('is a valid scenario, numbered as PX4 SITL numbers its instances', () => {
    const scenario = scenarioSchema.parse(scenarioOf(mission, layout, 3));
    expect(scenario.vehiclePort).toBe(14_580);
    expect(scenario.companionPort).toBe(14_540);
    expect(scenario.groundLink).toMatchObject({ port: 14_550, vehiclePort: 18_570 });
    expect(scenario.vehicles.map((vehicle) => vehicle.sysid)).toEqual([1, 2, 3, 4, 5]);
    expect(scenario.obstacles).toHaveLength(mission.obstacles.length);
  });

  it('starts the drones inside the fence, twice the minimum separation apart', () => {
    const fence = areaNed(mission.origin, mission.fence.polygon).outline;
    const homes = layout.drones;
    for (const home of homes) {
      expect(containsPoint(fence, home.homeNorthM, home.homeEastM)).toBe(true);
    }
    expect(homes[1]!.homeEastM - homes[0]!.homeEastM).toBeGreaterThanOrEqual(
      2 * mission.minSeparationM,
    );
  });

  it('says in the open what every vehicle was configured to before the flight', () => {
    const { vehicles } = scenarioSchema.parse(scenarioOf(mission, layout, 3));
    expect(vehicles[0]!.parameters).toEqual({
      COM_ARM_WO_GPS: 0,
      COM_OBL_RC_ACT: 3,
      COM_WIND_MAX: 9,
      COM_WIND_MAX_ACT: 3,
      GF_MAX_HOR_DIST: 1000,
      GF_MAX_VER_DIST: 200,
      MIS_TAKEOFF_ALT: mission.takeoff.heightM,
      RTL_CONE_ANG: 0,
      RTL_RETURN_ALT: mission.rtl.baseHeightM,
    });
    const layers = vehicles.map(({ parameters }) => parameters['RTL_RETURN_ALT']!);
    expect(layers.map((heightM) => heightM - layers[0]!)).toEqual(
      layers.map((_, index) => index * mission.rtl.layerM),
    );
  });

  it('hides as many targets as expected, inside the area and outside its holes', () => {
    const { outline, holes } = areaNed(mission.origin, mission.area);
    const targets = scenarioOf(mission, layout, 5).targets ?? [];
    expect(targets).toHaveLength(5);
    for (const { northM, eastM } of targets) {
      expect(containsPoint(outline, northM, eastM)).toBe(true);
      expect(holes.some((hole) => containsPoint(hole, northM, eastM))).toBe(false);
    }
  });

  it('is the same for the same seed and another for another', () => {
    expect(scenarioOf(mission, layout, 8)).toEqual(scenarioOf(mission, layout, 8));
    expect(scenarioOf(mission, layout, 9).targets).not.toEqual(
      scenarioOf(mission, layout, 8).targets,
    );
  });
});
