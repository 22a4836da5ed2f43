import { expect, test } from 'vitest';

import type { PreflightInput } from '#agent/pilot/preflight/input.ts';
import { preflight } from '#agent/pilot/preflight/preflight.ts';
import { envelopeWith } from '../guard/flight-rig.ts';
import { px4Defaults } from './px4-defaults.ts';
import { configured, unconfigured, withParameters } from './ready-vehicle.ts';

const briefly = (input: PreflightInput): string[] =>
  preflight(input).map(({ severity, subject, code }) => `${severity} ${subject} ${code}`);

test('a vehicle that was set up for its mission has nothing against it', () => {
  expect(briefly(configured())).toEqual([]);
});

test('PX4 as it comes is refused by the name of every protection that is off', () => {
  const refused = preflight(unconfigured())
    .filter(({ severity }) => severity === 'refuse')
    .map(({ subject }) => subject);
  expect(refused).toEqual([
    'COM_OBL_RC_ACT',
    'GF_MAX_HOR_DIST',
    'GF_MAX_VER_DIST',
    'COM_ARM_WO_GPS',
    'COM_WIND_MAX',
    'COM_WIND_MAX_ACT',
    'RTL_RETURN_ALT',
    'RTL_CONE_ANG',
    'MIS_TAKEOFF_ALT',
  ]);
  const older = preflight(unconfigured({ parameters: px4Defaults('1.15') }));
  expect(older.map(({ subject }) => subject)).toEqual(
    expect.arrayContaining(['CBRK_SUPPLY_CHK', 'COM_LOW_BAT_ACT']),
  );
});

test('what refuses by its value refuses by its absence: a lost answer must not pass for a good one', () => {
  const names = [
    'CBRK_SUPPLY_CHK',
    'EKF2_GPS_CTRL',
    'MPC_ACC_HOR',
    'NAV_ACC_RAD',
    'NAV_RCL_ACT',
    'RTL_CONE_ANG',
    'RTL_MIN_DIST',
    'SYS_HITL',
  ];
  for (const name of names) {
    const input = withParameters(configured(), { [name]: 'missing' });
    expect(briefly(input)).toContain(`refuse ${name} parameter-missing`);
  }
});

const PLANTED: readonly [values: Record<string, number>, expected: string[]][] = [
  [{ COM_LOW_BAT_ACT: 0 }, ['refuse COM_LOW_BAT_ACT battery-action-off']],
  [{ COM_LOW_BAT_ACT: 2 }, ['warn COM_LOW_BAT_ACT battery-action-off']],
  [{ BAT_CRIT_THR: 0.16 }, ['refuse BAT_CRIT_THR battery-thresholds-disordered']],
  [{ BAT_EMERGEN_THR: 0 }, ['refuse BAT_CRIT_THR battery-thresholds-disordered']],
  [{ BAT_LOW_THR: 0.4, BAT_CRIT_THR: 0.25 }, ['warn BAT_CRIT_THR battery-reserve-below-critical']],
  [{ COM_OBL_RC_ACT: 0 }, ['refuse COM_OBL_RC_ACT offboard-loss-unsafe']],
  [{ COM_OBL_RC_ACT: 7 }, ['refuse COM_OBL_RC_ACT offboard-loss-unsafe']],
  [{ COM_OBL_RC_ACT: 4 }, []],
  [{ COM_OF_LOSS_T: 3 }, ['refuse COM_OF_LOSS_T offboard-loss-time']],
  [{ COM_OF_LOSS_T: 0 }, ['refuse COM_OF_LOSS_T offboard-loss-time']],
  [{ GF_ACTION: 0 }, ['refuse GF_ACTION geofence-action-unsafe']],
  [{ GF_ACTION: 4 }, ['refuse GF_ACTION geofence-action-unsafe']],
  [{ GF_MAX_HOR_DIST: 0 }, ['refuse GF_MAX_HOR_DIST geofence-off']],
  [{ GF_MAX_HOR_DIST: 100 }, ['refuse GF_MAX_HOR_DIST geofence-inside-mission']],
  [{ GF_MAX_HOR_DIST: 114 }, []],
  [{ GF_MAX_HOR_DIST: 5000 }, ['warn GF_MAX_HOR_DIST geofence-too-wide']],
  [{ GF_MAX_VER_DIST: -1 }, ['refuse GF_MAX_VER_DIST geofence-off']],
  [{ GF_MAX_VER_DIST: 50 }, ['refuse GF_MAX_VER_DIST geofence-inside-mission']],
  [{ COM_ARM_WO_GPS: 1 }, ['refuse COM_ARM_WO_GPS arming-without-gps']],
  [{ COM_WIND_MAX: -1 }, ['refuse COM_WIND_MAX wind-limit-off']],
  [{ COM_WIND_MAX: 20 }, ['warn COM_WIND_MAX wind-limit-too-high']],
  [{ COM_WIND_MAX_ACT: 1 }, ['refuse COM_WIND_MAX_ACT wind-action-unsafe']],
  [{ COM_WIND_MAX_ACT: 4 }, ['refuse COM_WIND_MAX_ACT wind-action-unsafe']],
  [{ RTL_RETURN_ALT: 30 }, ['refuse RTL_RETURN_ALT return-height-not-layered']],
  [{ RTL_CONE_ANG: 45 }, ['refuse RTL_CONE_ANG return-cone']],
  [{ RTL_CONE_ANG: 45, RTL_MIN_DIST: 4, NAV_ACC_RAD: 2 }, []],
  [{ RTL_CONE_ANG: 45, RTL_MIN_DIST: 4, NAV_ACC_RAD: 10 }, ['refuse RTL_CONE_ANG return-cone']],
  [{ RTL_TYPE: 3 }, ['warn RTL_TYPE return-elsewhere']],
  [{ RTL_LAND_DELAY: -1 }, ['warn RTL_LAND_DELAY return-without-landing']],
  [{ NAV_DLL_ACT: 1 }, ['refuse NAV_DLL_ACT link-loss-disagrees']],
  [{ NAV_DLL_ACT: 2 }, ['refuse NAV_DLL_ACT link-loss-disagrees']],
  [{ NAV_DLL_ACT: 2, COM_DL_LOSS_T: 60 }, []],
  [{ NAV_DLL_ACT: 5 }, ['refuse NAV_DLL_ACT link-loss-cuts-motors']],
  [{ NAV_RCL_ACT: 6 }, ['refuse NAV_RCL_ACT radio-loss-unsafe']],
  [{ COM_RC_IN_MODE: 4 }, ['refuse COM_RC_IN_MODE radio-disabled']],
  [{ COM_RCL_EXCEPT: 4 }, ['warn COM_RCL_EXCEPT radio-loss-excepted']],
  [{ CBRK_SUPPLY_CHK: 894_281 }, ['refuse CBRK_SUPPLY_CHK circuit-breaker-engaged']],
  [{ CBRK_USB_CHK: 197_848 }, ['warn CBRK_USB_CHK circuit-breaker-engaged']],
  [{ CBRK_FLIGHTTERM: 121_212 }, ['warn CBRK_FLIGHTTERM circuit-breaker-engaged']],
  [{ COM_DISARM_LAND: 0 }, ['warn COM_DISARM_LAND auto-disarm-off']],
  [{ COM_DISARM_PRFLT: -1 }, ['warn COM_DISARM_PRFLT auto-disarm-off']],
  [{ MAV_SYS_ID: 2 }, ['refuse MAV_SYS_ID system-id-differs']],
  [{ MAV_TYPE: 1 }, ['refuse MAV_TYPE not-a-multicopter']],
  [{ EKF2_GPS_CTRL: 0 }, ['refuse EKF2_GPS_CTRL estimator-without-gps']],
  [{ EKF2_HGT_REF: 2 }, ['refuse EKF2_HGT_REF estimator-height-reference']],
  [{ SYS_HITL: 2 }, ['refuse SYS_HITL sensors-simulated']],
  [{ MIS_TAKEOFF_ALT: 2.5 }, ['refuse MIS_TAKEOFF_ALT takeoff-height-differs']],
  [
    { MPC_XY_VEL_MAX: 5 },
    ['warn COM_WIND_MAX wind-limit-too-high', 'warn MPC_XY_VEL_MAX speed-clamped'],
  ],
  [{ MPC_Z_VEL_MAX_DN: 1 }, ['warn MPC_Z_VEL_MAX_DN speed-clamped']],
  [{ MPC_ACC_HOR: 2 }, ['refuse MPC_ACC_HOR brakes-too-softly']],
  [{ BAT1_N_CELLS: 6 }, ['warn BAT1_N_CELLS battery-cell-voltage']],
  [{ BAT1_N_CELLS: 3 }, ['refuse BAT1_N_CELLS battery-cell-voltage']],
];

test.each(PLANTED)('%j', (values, expected) => {
  expect(briefly(withParameters(configured(), values))).toEqual(expected);
});

test('a protection that this PX4 does not have is named and refused, anything else named', () => {
  const input = withParameters(configured(), {
    COM_WIND_MAX: 'missing',
    EKF2_HGT_REF: 'missing',
    GF_ACTION: Number.NaN,
  });
  expect(
    preflight(input).map(({ subject, severity, found }) => [subject, severity, found]),
  ).toEqual([
    ['GF_ACTION', 'refuse', 'NaN'],
    ['COM_WIND_MAX', 'refuse', 'not in this PX4'],
    ['EKF2_HGT_REF', 'warn', 'not in this PX4'],
  ]);
});

test('a simulated vehicle is not asked for what only hardware has', () => {
  const input = withParameters(configured(), { CBRK_SUPPLY_CHK: 894_281, SYS_HITL: 2 });
  expect(briefly({ ...input, simulated: true })).toEqual([]);
});

test('without a radio its input is to be off; said nothing, nothing is asked', () => {
  expect(briefly(configured({ radio: false }))).toEqual(['warn COM_RC_IN_MODE radio-expected']);
  expect(briefly(configured({ radio: undefined }))).toEqual([]);
});

test('the layers of a fleet follow the sysids; one drone alone needs no cone cut off', () => {
  const third = { sysid: 3, envelope: envelopeWith({ fleet: [1, 2, 3], maxDescentMps: 1.5 }) };
  const input = withParameters(configured(third), { MAV_SYS_ID: 3 });
  const [finding] = preflight(input);
  expect(finding?.fix).toEqual([{ name: 'RTL_RETURN_ALT', value: 33 }]);
  const alone = configured({ envelope: envelopeWith({ fleet: [1], maxDescentMps: 1.5 }) });
  expect(briefly(withParameters(alone, { RTL_CONE_ANG: 45 }))).toEqual([]);
});

test('PX4’s fence is measured from where home is, up to the own way home', () => {
  const home = { latDeg: 47.0005, lonDeg: 8, altAmslM: 405 };
  const input = configured();
  const moved = { ...input, vehicle: { ...input.vehicle!, home, global: home } };
  const hundred = preflight(withParameters(moved, { GF_MAX_HOR_DIST: 120 }));
  // 55.6 m north of the origin: the southern corners are 157.5 m away.
  expect(hundred[0]?.wanted).toBe("at least 170 m: the mission's fence reaches 158 m");
  const high = configured({ envelope: envelopeWith({ rtlBaseHeightM: 75, maxDescentMps: 1.5 }) });
  const low = preflight(withParameters(high, { RTL_RETURN_ALT: 75 }));
  expect(low[0]?.subject).toBe('GF_MAX_VER_DIST');
});

test('without a mission what a mission would decide is left alone, and the protections are not', () => {
  const input = unconfigured({ envelope: undefined, takeoffHeightM: undefined });
  const findings = preflight(input).filter(({ severity }) => severity === 'refuse');
  expect(findings.map(({ subject }) => subject)).toEqual([
    'COM_OBL_RC_ACT',
    'GF_MAX_HOR_DIST',
    'GF_MAX_VER_DIST',
    'COM_ARM_WO_GPS',
    'COM_WIND_MAX',
    'COM_WIND_MAX_ACT',
  ]);
  expect(
    preflight(withParameters(input, { NAV_DLL_ACT: 2 })).find(
      (one) => one.subject === 'NAV_DLL_ACT',
    ),
  ).toMatchObject({ severity: 'warn', code: 'link-loss-unknown' });
});
