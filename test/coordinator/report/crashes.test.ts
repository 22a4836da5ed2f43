import { describe, expect, test } from 'vitest';
import { crashesOf, SOFTEST_CRASH_MPS } from '#coordinator/report/crashes.ts';
import { shortfallsOf } from '#coordinator/report/shortfalls.ts';
import { summaryText } from '#coordinator/report/summary-text.ts';
import { summarySchema, type Summary } from '#coordinator/report/summary.ts';
import { Fleet } from '#sim/fleet.ts';
import { scenarioSchema } from '#sim/scenario.ts';
import { parseDrill } from '#sim/swarm/drill.ts';
import type { TruthSummary } from '#sim/truth.ts';
import { fabricatedSummary } from './flown-run.ts';

/** What the simulation says of a fall from this height with the motors off. */
const fallFrom = (heightM: number): TruthSummary => {
  const scenario = scenarioSchema.parse({
    origin: { latDeg: 47, lonDeg: 8, altAmslM: 500 },
    vehicles: [{ sysid: 1, homeNorthM: 0, homeEastM: 0 }],
  });
  const fleet = new Fleet(scenario);
  const { quadrotor } = fleet.vehicle(1)!;
  const outputs = { send: () => {}, look: () => {} };
  for (let step = 0; step < 20; step += 1) fleet.step(outputs, 0);
  quadrotor.positionNed.z = -heightM;
  quadrotor.onGround = false;
  for (let step = 0; step < 1500; step += 1) fleet.step(outputs, 0);
  const truth = fleet.truth();
  const [one] = truth.vehicles;
  return { ...truth, vehicles: [{ ...one!, disarmedAtMs: truth.timeMs }] };
};

const judged = (truth: TruthSummary, ...drills: string[]): Summary => {
  const summary = { ...fabricatedSummary(), crashes: crashesOf(truth, drills.map(parseDrill)) };
  summary.drones[0]!.touchdownMps = truth.vehicles[0]!.touchdownSpeedMps;
  summary.shortfalls = shortfallsOf(summary, truth);
  summary.success = summary.shortfalls.length === 0;
  return summarySchema.parse(summary);
};

const shown = (summary: Summary): string =>
  summaryText(summary, { table: (_titles, rows) => rows.map((row) => row.join(' ')).join('\n') });

describe('a drone that hits the ground', () => {
  test('is judged by the speed at the contact, as the simulation knows it', () => {
    const [vehicle] = fallFrom(12).vehicles;
    // √(2·g·h) is 15.3 m/s; the air takes a sixth.
    expect(vehicle!.touchdownSpeedMps).toBeGreaterThan(12);
    expect(vehicle!.touchdownSpeedMps).toBeLessThan(15.4);
    expect(fallFrom(0.05).vehicles[0]!.touchdownSpeedMps).toBeLessThan(SOFTEST_CRASH_MPS);
  });

  test('makes the run no success', () => {
    const summary = judged(fallFrom(12), 'gps:1@40+20');
    expect(summary.success).toBe(false);
    expect(summary.shortfalls).toEqual([
      expect.stringMatching(/^drone 1 hit the ground at 1\d\.\d m\/s \(a landing is 1\.5 m\/s/u),
    ]);
    expect(shown(summary)).toMatch(/1 alder crashed/u);
    expect(shown(summary)).toMatch(/landed and disarmed\s+2 of 3/u);
  });

  test('is named plainly where a drill meant to destroy it', () => {
    const summary = judged(fallFrom(12), 'reboot:1@60');
    expect(summary.success).toBe(true);
    expect(shown(summary)).toMatch(/succeeded, 1 vehicle destroyed by drill\n/u);
    expect(shown(summary)).toMatch(
      /! drone 1 hit the ground at 1\d\.\d m\/s: destroyed by the drill reboot:1@60\n/u,
    );
    // Another's drill excuses nobody.
    expect(judged(fallFrom(12), 'reboot:2@60').success).toBe(false);
  });

  test('is no landing below the limit', () => {
    const summary = judged(fallFrom(0.05));
    expect([summary.success, summary.crashes]).toEqual([true, []]);
    expect(shown(summary)).toMatch(
      /hardest touchdown\s+0\.\d m\/s|hardest touchdown\s+1\.[0-4] m\/s/u,
    );
  });
});
