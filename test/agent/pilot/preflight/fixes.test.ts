import fc from 'fast-check';
import { expect, test } from 'vitest';

import { fixesFor } from '#agent/pilot/preflight/fixes.ts';
import type { ParameterReading, PreflightInput } from '#agent/pilot/preflight/input.ts';
import { PREFLIGHT_PARAMETERS, preflight } from '#agent/pilot/preflight/preflight.ts';
import { envelopeWith } from '../guard/flight-rig.ts';
import { px4Defaults } from './px4-defaults.ts';
import { unconfigured } from './ready-vehicle.ts';

const fixed = (input: PreflightInput): PreflightInput => {
  const parameters = new Map(input.parameters);
  for (const { name, value } of fixesFor(input)) parameters.set(name, value);
  return { ...input, parameters };
};

test.each(['1.15', '1.18'] as const)(
  'the fixes make a bare PX4 %s pass, and no more',
  (version) => {
    const input = unconfigured({ parameters: px4Defaults(version) });
    const changes = fixesFor(input);
    expect(preflight(fixed(input)).filter(({ severity }) => severity === 'refuse')).toEqual([]);
    expect(
      Object.fromEntries(changes.map(({ name, from, value }) => [name, [from, value]])),
    ).toEqual({
      CBRK_USB_CHK: [197_848, 0],
      COM_ARM_WO_GPS: [1, 0],
      COM_OBL_RC_ACT: [0, 3],
      COM_WIND_MAX: [-1, 9],
      COM_WIND_MAX_ACT: [0, 3],
      GF_MAX_HOR_DIST: [0, 120],
      GF_MAX_VER_DIST: [0, 70],
      MIS_TAKEOFF_ALT: [2.5, 12],
      RTL_CONE_ANG: [45, 0],
      RTL_RETURN_ALT: [30, 25],
      ...(version === '1.15' ? { CBRK_SUPPLY_CHK: [894_281, 0], COM_LOW_BAT_ACT: [2, 3] } : {}),
    });
    expect(fixesFor(fixed(input))).toEqual([]);
  },
);

const reading: fc.Arbitrary<ParameterReading> = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -3, max: 12 }),
  fc.float(),
  fc.constant<ParameterReading>('missing'),
);

const table = fc
  .array(reading, {
    minLength: PREFLIGHT_PARAMETERS.length,
    maxLength: PREFLIGHT_PARAMETERS.length,
  })
  .map((values) => new Map(PREFLIGHT_PARAMETERS.map((name, at) => [name, values[at]!])));

const envelope = fc.record({
  maxHeightM: fc.double({ min: 10, max: 500, noNaN: true }),
  batteryReserve: fc.double({ min: 0.05, max: 0.9, noNaN: true }),
  rtlBaseHeightM: fc.double({ min: 2, max: 500, noNaN: true }),
  lostLinkS: fc.double({ min: 1, max: 86_400, noNaN: true }),
  minSeparationM: fc.double({ min: 0.5, max: 100, noNaN: true }),
  lostLinkAction: fc.constantFrom(
    'continue' as const,
    'hold' as const,
    'rtl' as const,
    'land' as const,
  ),
});

test('whatever the table, the checks return, and after the fixes nothing is left that a parameter mends', () => {
  fc.assert(
    fc.property(
      table,
      envelope,
      fc.boolean(),
      fc.boolean(),
      (parameters, limits, radio, simulated) => {
        const input = unconfigured({
          parameters,
          envelope: envelopeWith(limits),
          radio,
          simulated,
        });
        const findings = preflight(input);
        for (const finding of findings) {
          expect(finding.remedy).toMatch(/^[\x20-\x7e]{10,160}$/u);
          expect(`${finding.found} ${finding.wanted}`).toMatch(/^[\x20-\x7e]*$/u);
        }
        expect(preflight(fixed(input)).flatMap(({ fix }) => fix)).toEqual([]);
        expect(fixesFor(fixed(input))).toEqual([]);
      },
    ),
    { numRuns: 500 },
  );
});

test('a vehicle that is sound but for its parameters always passes after the fixes', () => {
  const sound = fc
    .array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
      minLength: PREFLIGHT_PARAMETERS.length,
      maxLength: PREFLIGHT_PARAMETERS.length,
    })
    .map((values) => {
      const parameters = new Map(PREFLIGHT_PARAMETERS.map((name, at) => [name, values[at]!]));
      // What no parameter of another value can mend: who and what it is, its pack and its brakes.
      for (const [name, value] of [
        ['MAV_SYS_ID', 1],
        ['MAV_TYPE', 2],
        ['SYS_HITL', 0],
        ['BAT1_N_CELLS', 4],
        ['MPC_ACC_HOR', 3],
      ] as const) {
        parameters.set(name, value);
      }
      return parameters;
    });
  fc.assert(
    fc.property(sound, (parameters) => {
      const after = preflight(fixed(unconfigured({ parameters })));
      expect(after.filter(({ severity }) => severity === 'refuse')).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
