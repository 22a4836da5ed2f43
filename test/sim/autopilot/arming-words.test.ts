import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArmingReport } from '#protocols/mavlink/events/arming-report.ts';
import { EventClient } from '#protocols/mavlink/events/event-client.ts';
import { eventText } from '#protocols/mavlink/events/event-table.ts';
import { FLIGHT_MODES } from '#protocols/mavlink/modes.ts';
import {
  findingsOf,
  groupsLeft,
  reasonAgainstArming,
  type ArmingState,
} from '#sim/autopilot/arming/arming-checks.ts';
import { groupOf } from '#sim/autopilot/arming/mode-groups.ts';
import { lacking, type Conditions } from '#sim/autopilot/mode-requirements.ts';
import { Parameters, type Profile } from '#sim/autopilot/parameters.ts';
import { Companion } from '../companion.ts';

const PROFILES: readonly Profile[] = ['1.15', '1.18'];
const TEMPORARILY_REJECTED = 1;

/** Somebody who reads a vehicle's events. */
class Reader {
  readonly companion: Companion;
  readonly report = new ArmingReport();
  readonly news: string[] = [];
  readonly #client = new EventClient({ sysid: 7, compid: 1 });
  #read = 0;

  constructor(companion: Companion) {
    this.companion = companion;
  }

  /** Everything up to now; the report keeps the newest. */
  read(): this {
    for (const frame of this.companion.frames.slice(this.#read)) this.#client.hear(frame);
    this.#read = this.companion.frames.length;
    for (const event of this.#client.tick(this.companion.vehicle.timeMs()).events) {
      if (this.report.take(event)) continue;
      this.news.push(eventText(event)?.text ?? `unknown ${event.id.toString(16)}`);
    }
    return this;
  }
}

describe.each(PROFILES)('whoever asks a v%s vehicle why it does not arm', (profile) => {
  it('is told in words: at boot, in a mode that cannot run, on an empty battery', () => {
    const reader = new Reader(new Companion({ scenario: { profile } }));
    const { companion, report } = reader;
    companion.run(2.3);
    expect(companion.arm()).toBe(TEMPORARILY_REJECTED);
    reader.read();
    expect(report.canArm('AUTO_LOITER')).toBe(false);
    expect(report.blocking('AUTO_LOITER')).toContain('No valid global position estimate');
    expect(reader.news).toEqual(['Arming denied: Resolve system health failures first']);

    companion.runUntil(() => companion.vehicle.autopilot.situation.positionTrusted, 40);
    companion.run(2.5);
    reader.read();
    expect(report.canArm('AUTO_LOITER')).toBe(true);
    expect(report.blocking('AUTO_LOITER')).toEqual([]);
    expect(report.canArm('OFFBOARD')).toBe(false);
    expect(report.blocking('OFFBOARD')).toEqual(['No offboard signal']);

    companion.setMode('OFFBOARD');
    expect(companion.arm()).toBe(TEMPORARILY_REJECTED);
    companion.setMode('AUTO_LOITER');
    companion.vehicle.injure({ kind: 'battery', remaining: 0.06 });
    companion.run(2.5);
    expect(companion.arm()).toBe(TEMPORARILY_REJECTED);
    reader.read();
    expect(report.canArm('AUTO_LOITER')).toBe(false);
    expect(report.blocking('AUTO_LOITER')).toContain('Low battery');
  });

  it('hears of its flight: who armed it, that it flies, what a failsafe does and why, that it landed', () => {
    const reader = new Reader(
      new Companion({
        scenario: { profile },
        vehicle: { parameters: { NAV_DLL_ACT: 2, COM_DL_LOSS_T: 5 } },
      }),
    );
    const { companion } = reader;
    companion.groundStation = true;
    companion.takeOff();
    companion.groundStation = false;
    companion.runUntil(() => companion.mode === 'AUTO_RTL', 30);
    companion.runUntil(() => !companion.armed, 90);
    companion.run(1);
    const { news } = reader.read();
    const told = [
      'Armed by external command',
      'Takeoff detected',
      'Connection to ground control station lost',
      'GCS connection loss: switching to RTL in 5 seconds',
      'GCS connection loss: switching to RTL',
      'RTL: land at destination',
      'Landing detected',
      'Disarmed by landing',
    ];
    expect(news.filter((text) => told.includes(text))).toEqual(told);
    expect(news.some((text) => text.startsWith('RTL: start return at'))).toBe(true);
    expect(news.filter((text) => text.startsWith('unknown'))).toEqual([]);
  });
});

describe('what a report says of the modes', () => {
  const condition = fc.boolean();
  const conditions: fc.Arbitrary<Conditions> = fc.record({
    attitude: condition,
    localPosition: condition,
    globalPosition: condition,
    home: condition,
    mission: condition,
    offboardSignal: condition,
    manualControl: condition,
    external: condition,
  });
  const states: fc.Arbitrary<ArmingState> = fc.record({
    profile: fc.constantFrom(...PROFILES),
    mode: fc.constantFrom(...FLIGHT_MODES),
    armed: condition,
    conditions,
    parameters: fc.constantFrom(
      new Parameters('1.18', {}),
      new Parameters('1.15', { NAV_DLL_ACT: 2, COM_ARM_WO_GPS: 0 }),
    ),
    battery: fc.constantFrom('none', 'low', 'critical', 'emergency'),
    batteryRemaining: fc.double({ min: 0, max: 1, noNaN: true }),
    gnssFix: condition,
    gcsLost: condition,
    fenceBreached: condition,
    terminated: condition,
  });

  it('is what the commander does: it arms in exactly those modes', () => {
    fc.assert(
      fc.property(states, (state) => {
        const { canArm } = groupsLeft(findingsOf(state), state);
        const may = (canArm & groupOf(state.mode)) !== 0;
        expect(may).toBe(reasonAgainstArming(state) === undefined);
      }),
    );
  });

  it('is what it lets fly: a mode runs exactly when it lacks nothing', () => {
    fc.assert(
      fc.property(states, fc.constantFrom(...FLIGHT_MODES), (state, mode) => {
        // Without a position there is no global one either, and no heading without an attitude.
        const { attitude } = state.conditions;
        const localPosition = attitude && state.conditions.localPosition;
        const globalPosition = localPosition && state.conditions.globalPosition;
        const real = { ...state.conditions, localPosition, globalPosition };
        const sound = { ...state, mode, conditions: real };
        const { canRun } = groupsLeft(findingsOf(sound), sound);
        expect((canRun & groupOf(mode)) !== 0).toBe(lacking(mode, real) === undefined);
      }),
    );
  });
});
