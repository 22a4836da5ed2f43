import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { PreflightInput, VehicleSnapshot } from '#agent/pilot/preflight/input.ts';
import { preflight } from '#agent/pilot/preflight/preflight.ts';
import { configured, withVehicle } from './ready-vehicle.ts';

const briefly = (input: PreflightInput): string[] =>
  preflight(input).map(({ severity, subject, code }) => `${severity} ${subject} ${code}`);

const PLANTED: readonly [what: Partial<VehicleSnapshot>, expected: string[]][] = [
  [{ estimatorAgeMs: Infinity }, ['refuse ESTIMATOR_STATUS estimator-silent']],
  [{ estimatorFlags: 0xe4 }, ['refuse ESTIMATOR_STATUS estimator-not-aligned']],
  [{ estimatorFlags: 0x37f | 0x400 }, ['refuse ESTIMATOR_STATUS estimator-fault']],
  [{ horizontalStdM: 4 }, ['refuse ESTIMATOR_STATUS estimator-vague']],
  [{ verticalStdM: 9 }, ['refuse ESTIMATOR_STATUS estimator-vague']],
  [{ horizontalStdM: Number.NaN }, ['refuse ESTIMATOR_STATUS estimator-vague']],
  [{ gpsAgeMs: 9000 }, ['refuse GPS_RAW_INT gps-silent']],
  [{ gpsFixType: 2 }, ['refuse GPS_RAW_INT gps-no-fix']],
  [{ satellites: 5 }, ['refuse GPS_RAW_INT gps-few-satellites']],
  [{ satellites: Number.NaN }, []],
  [{ gpsStdM: 6 }, ['refuse GPS_RAW_INT gps-vague']],
  [{ batteryRemaining: 0.29 }, ['refuse BATTERY_STATUS battery-low']],
  [{ batteryRemaining: Number.NaN }, ['refuse BATTERY_STATUS battery-unknown']],
  [{ batteryVoltageV: 13 }, ['warn BAT1_N_CELLS battery-cell-voltage']],
  [{ home: undefined }, ['refuse HOME_POSITION home-unknown']],
  [{ homeAgeMs: 60_000 }, ['refuse HOME_POSITION home-unknown']],
  [
    { home: { latDeg: 47, lonDeg: 8.0001, altAmslM: 400 } },
    ['refuse HOME_POSITION home-elsewhere'],
  ],
  [{ global: undefined }, ['refuse GLOBAL_POSITION_INT position-unknown']],
  [
    {
      home: { latDeg: 47.002, lonDeg: 8, altAmslM: 400 },
      global: { latDeg: 47.002, lonDeg: 8, altAmslM: 400 },
    },
    ['refuse GLOBAL_POSITION_INT outside-fence', 'refuse GF_MAX_HOR_DIST geofence-inside-mission'],
  ],
  [{ armed: true }, ['refuse HEARTBEAT armed']],
  [{ systemStatus: 8 }, ['refuse HEARTBEAT state-lost']],
  [{ readyToArm: false }, ['refuse SYS_STATUS not-ready-to-arm']],
  [{ readyToArm: undefined }, []],
  // The magnetometer, then the log, which warns only; the radio's bit is always unhealthy without one.
  [{ sensorsHealthy: 0x3220_803b }, ['refuse SYS_STATUS sensor-unhealthy']],
  [{ sensorsEnabled: 0x321_002d }, ['warn SYS_STATUS sensor-unhealthy']],
];

test.each(PLANTED)('%j', (what, expected) => {
  expect(briefly(withVehicle(configured(), what))).toEqual(expected);
});

const version = (flightSwVersion: number, autopilot = 12): Partial<PreflightInput> => ({
  version: { autopilot, vehicleType: 2, flightSwVersion },
});

test('versions: refused when too old or unknown, named when untested or nobody’s release', () => {
  expect(briefly(configured(version(0x010f_04ff)))).toEqual([]);
  expect(briefly(configured(version(0x010d_03ff)))).toEqual([
    'refuse AUTOPILOT_VERSION version-too-old',
  ]);
  expect(briefly(configured(version(0x010e_00ff)))).toEqual([
    'warn AUTOPILOT_VERSION version-untested',
  ]);
  expect(briefly(configured(version(0x010f_0400)))).toEqual([
    'warn AUTOPILOT_VERSION version-custom',
  ]);
  expect(briefly(configured(version(0)))).toEqual(['refuse AUTOPILOT_VERSION version-unknown']);
});

test('ArduPilot is refused, and told what is missing', () => {
  const [finding] = preflight(configured(version(0x0405_07ff, 3)));
  expect(finding).toMatchObject({ code: 'not-px4', found: 'ArduPilot', wanted: 'PX4' });
  expect(finding?.remedy).toContain('COM_OBL_RC_ACT');
});

test('the link: silence, losses, streams that do not come at their rate, delay, no signature', () => {
  const good = configured().link!;
  const link = (changes: object): string[] =>
    briefly(configured({ link: { ...good, ...changes } }));
  expect(link({ heartbeatAgeMs: Infinity })).toEqual(['refuse HEARTBEAT heartbeat-missing']);
  expect(link({ quality: 0.9 })).toEqual(['warn HEARTBEAT link-lossy']);
  expect(link({ quality: 0.5 })).toEqual(['refuse HEARTBEAT link-lossy']);
  expect(link({ streams: [{ name: 'ATTITUDE', wantedHz: 20, seenHz: 8 }] })).toEqual([
    'refuse ATTITUDE stream-too-slow',
  ]);
  expect(link({ streams: [{ name: 'ATTITUDE', wantedHz: 20, seenHz: 18 }] })).toEqual([]);
  expect(link({ roundTripMs: 600 })).toEqual(['warn TIMESYNC link-slow']);
  expect(link({ signed: false })).toEqual(['warn SETUP_SIGNING link-unsigned']);
});

test('the clock: a jump refuses, a wrong date and a wandering offset are told', () => {
  const good = configured().clock!;
  const clock = (changes: object): string[] =>
    briefly(configured({ clock: { ...good, ...changes } }));
  expect(clock({ jumps: 1 })).toEqual(['refuse SYSTEM_TIME clock-jumped']);
  expect(clock({ unixOffsetMs: -9e9 })).toEqual(['warn SYSTEM_TIME clock-offset']);
  expect(clock({ unixOffsetMs: Number.NaN })).toEqual([]);
  expect(clock({ jitterMs: 120 })).toEqual(['warn TIMESYNC clock-jitter']);
});

test('a stranger to the fleet is named', () => {
  const input = configured({ sysid: 9 });
  expect(briefly(input)).toEqual(
    expect.arrayContaining([
      'refuse MAV_SYS_ID system-id-differs',
      'refuse MAV_SYS_ID not-of-this-fleet',
    ]),
  );
});

test('whatever a vehicle says of itself, and however little, is judged without a crash', () => {
  const number = fc.oneof(fc.double(), fc.integer(), fc.constant(Number.NaN));
  const place = fc.option(fc.record({ latDeg: number, lonDeg: number, altAmslM: number }), {
    nil: undefined,
  });
  const numbers = Object.entries(configured().vehicle!)
    .filter(([, value]) => typeof value === 'number')
    .map(([name]) => [name, number] as const);
  const said = fc.record({ ...Object.fromEntries(numbers), home: place, global: place });
  fc.assert(
    fc.property(said, fc.record({ jitterMs: number, unixOffsetMs: number }), (what, offsets) => {
      const input = withVehicle(configured(), what as Partial<VehicleSnapshot>);
      const clock = { ...input.clock!, ...offsets };
      for (const { found, remedy } of preflight({ ...input, clock })) {
        expect(found.length).toBeGreaterThan(0);
        expect(remedy.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 500 },
  );
});

test('a place that is not a number is no place', () => {
  const nowhere = { latDeg: Number.NaN, lonDeg: Number.NaN, altAmslM: Number.NaN };
  expect(briefly(withVehicle(configured(), { home: nowhere, global: nowhere }))).toEqual(
    expect.arrayContaining([
      'refuse HOME_POSITION home-elsewhere',
      'refuse GLOBAL_POSITION_INT outside-fence',
    ]),
  );
});
