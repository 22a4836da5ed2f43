import { expect, test } from 'vitest';

import type { PreflightInput } from '#agent/pilot/preflight/input.ts';
import { fleetFindings } from '#coordinator/preflight/fleet-findings.ts';
import {
  configured,
  withParameters,
  withVehicle,
} from '../../agent/pilot/preflight/ready-vehicle.ts';

/** The n-th drone, so many metres east of the first. */
const drone = (sysid: number, eastM: number, input = configured()): PreflightInput => {
  const home = { latDeg: 47, lonDeg: 8 + eastM / 76_000, altAmslM: 400 };
  return withVehicle({ ...input, sysid }, { home, global: home });
};

const codes = (...inputs: PreflightInput[]): string[] =>
  fleetFindings(inputs).map(({ code }) => code);

test('homes lie at least two separations apart', () => {
  // The mission keeps 4 m.
  expect(codes(drone(1, 0), drone(2, 9), drone(3, 18))).toEqual([]);
  const [finding, ...more] = fleetFindings([drone(1, 0), drone(2, 9), drone(3, 15)]);
  expect(more).toEqual([]);
  expect(finding?.found).toMatch(/^drones 2 and 3 stand 6\.0 m apart$/u);
});

test('without a mission one return height on two vehicles is refused', () => {
  const input = { ...configured(), envelope: undefined };
  const low = withParameters(input, { RTL_RETURN_ALT: 30 });
  const high = withParameters(input, { RTL_RETURN_ALT: 35 });
  expect(codes(drone(1, 0, low), drone(2, 20, low))).toEqual(['return-heights-shared']);
  expect(codes(drone(1, 0, low), drone(2, 20, high))).toEqual([]);
});

test('heights by barometer here and by GPS there are told', () => {
  const barometer = withParameters(configured(), { EKF2_HGT_REF: 0 });
  expect(codes(drone(1, 0), drone(2, 20, barometer))).toEqual(['height-references-differ']);
});
