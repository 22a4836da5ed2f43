import { describe, expect, it } from 'vitest';
import type { FlightMode } from '#protocols/mavlink/modes.ts';
import { Failsafe, type FailsafeView } from '#sim/autopilot/failsafe/failsafe.ts';
import { HoverAllowance } from '#sim/autopilot/failsafe/hover-allowance.ts';
import { flyable } from '#sim/autopilot/failsafe/response.ts';
import { troublesOf, type Facts, type Trouble } from '#sim/autopilot/failsafe/troubles.ts';
import { Parameters } from '#sim/autopilot/parameters.ts';

const trouble = (more: Partial<Trouble>): Trouble => ({
  cause: 'gcsLost',
  response: 'rtl',
  staysUntilModeChange: true,
  waits: true,
  ...more,
});

/** A failsafe asked every tenth of a second, in the air in OFFBOARD. */
class Watch {
  readonly failsafe = new Failsafe();
  timeS = 0;
  troubles: Trouble[] = [];
  intendedMode: FlightMode = 'OFFBOARD';

  run(seconds: number, more: Partial<FailsafeView> = {}): string {
    for (let step = 0; step < Math.round(seconds * 10); step += 1) {
      this.timeS += 0.1;
      this.failsafe.step({
        timeS: this.timeS,
        armed: true,
        intendedMode: this.intendedMode,
        modeRequested: false,
        delayS: 5,
        troubles: this.troubles,
        substitute: 'none',
        canFly: () => true,
        ...more,
      });
    }
    return this.failsafe.action;
  }
}

describe('the hover before a failsafe', () => {
  it('is granted once: who loses it every few seconds hovers less each time', () => {
    const hover = new HoverAllowance();
    const hovered = [0, 1, 2].map((round) => {
      let seconds = 0;
      hover.begin(round * 8, 5);
      for (let tick = 0; tick < 80; tick += 1) {
        const hovers = hover.isHovering(round * 8 + tick / 10);
        if (hovers) seconds += 0.1;
        hover.book(0.1, 5, hovers);
      }
      return Math.round(seconds);
    });
    expect(hovered[0]).toBe(5);
    expect(hovered[1]).toBeLessThan(2);
    expect(hovered[2]).toBeLessThan(3);
  });

  it('is none with COM_FAIL_ACT_T 0, for what does not wait, and where it cannot hover', () => {
    const now = new Watch();
    now.troubles = [trouble({})];
    expect(now.run(0.1, { delayS: 0 })).toBe('rtl');
    const urgent = new Watch();
    urgent.troubles = [trouble({ waits: false })];
    expect(urgent.run(0.1)).toBe('rtl');
    const blind = new Watch();
    blind.troubles = [trouble({ response: 'descend' })];
    expect(blind.run(0.1, { canFly: (mode) => mode !== 'AUTO_LOITER' })).toBe('descend');
  });
});

describe('the verdict', () => {
  it('hovers, then returns, and goes on though the cause is gone, until a mode is chosen', () => {
    const watch = new Watch();
    watch.troubles = [trouble({})];
    expect(watch.run(1)).toBe('hold');
    expect(watch.failsafe.putOff).toBe('rtl');
    expect(watch.run(5)).toBe('rtl');
    watch.troubles = [];
    expect(watch.run(5)).toBe('rtl');
    expect(watch.run(0.1, { modeRequested: true })).toBe('none');
  });

  it('the gravest wins; a new one takes the vehicle back from the operator, a warning does not', () => {
    const watch = new Watch();
    watch.troubles = [trouble({})];
    watch.run(6);
    expect(watch.run(0.1, { modeRequested: true })).toBe('warn');
    const low = trouble({ cause: 'batteryLow', response: 'warn', staysUntilModeChange: false });
    watch.troubles = [trouble({}), { ...low, waits: false }];
    expect(watch.run(1)).toBe('warn');
    watch.troubles.push(trouble({ cause: 'batteryEmergency', response: 'land', waits: false }));
    expect(watch.run(1)).toBe('land');
  });

  it('who is landing does not fly home, and a termination is for good', () => {
    const watch = new Watch();
    watch.intendedMode = 'AUTO_LAND';
    watch.troubles = [trouble({ waits: false })];
    expect(watch.run(1)).toBe('warn');
    watch.troubles = [trouble({ cause: 'fenceBreached', response: 'terminate' })];
    expect(watch.run(0.1)).toBe('terminate');
    watch.troubles = [];
    expect(watch.run(1, { modeRequested: true })).toBe('terminate');
  });

  it('what cannot be flown gives way to what can, down to sinking by attitude', () => {
    const only =
      (...modes: FlightMode[]) =>
      (mode: FlightMode): boolean =>
        modes.includes(mode);
    expect(flyable('hold', only('AUTO_RTL', 'AUTO_LAND'))).toBe('rtl');
    expect(flyable('posctl', only('ALTCTL'))).toBe('altctl');
    expect(flyable('rtl', only())).toBe('descend');
    expect(flyable('disarm', only())).toBe('disarm');
  });
});

describe('the table of troubles', () => {
  const facts = (values: Record<string, number>, more: Partial<Facts>): Facts => ({
    parameters: new Parameters('1.18', values),
    intendedMode: 'OFFBOARD',
    gcsLost: false,
    fenceBreached: false,
    battery: 'none',
    batteryAtArming: 'none',
    windMps: 0,
    flightTimeS: 0,
    horizontalErrorM: 0.3,
    substitute: 'none',
    ...more,
  });

  it.each([
    ['NAV_DLL_ACT', { gcsLost: true }, ['-', 'hold', 'rtl', 'land', '-', 'terminate', 'disarm']],
    ['GF_ACTION', { fenceBreached: true }, ['-', 'warn', 'hold', 'rtl', 'terminate', 'land', '-']],
    ['COM_LOW_BAT_ACT', { battery: 'critical' }, ['warn', 'rtl', 'land', 'rtl']],
    ['COM_LOW_BAT_ACT', { battery: 'emergency' }, ['warn', 'rtl', 'land', 'land']],
    ['COM_LOW_BAT_ACT', { battery: 'critical', batteryAtArming: 'critical' }, ['warn', 'warn']],
  ] as const)('%s of %j', (parameter, more, responses) => {
    const found = responses.map(
      (_response, value) => troublesOf(facts({ [parameter]: value }, more))[0]?.response ?? '-',
    );
    expect(found).toEqual(responses);
  });

  it('wind and time count over their limits, and nothing is wrong in a quiet flight', () => {
    expect(troublesOf(facts({}, {}))).toEqual([]);
    const windy = facts({ COM_WIND_MAX: 8, COM_WIND_MAX_ACT: 5 }, { windMps: 9 });
    expect(troublesOf(windy)[0]).toMatchObject({ cause: 'windExceeded', response: 'land' });
    const long = facts({ COM_FLT_TIME_MAX: 60 }, { flightTimeS: 61 });
    expect(troublesOf(long)[0]).toMatchObject({ cause: 'flightTimeExceeded', response: 'rtl' });
  });
});
