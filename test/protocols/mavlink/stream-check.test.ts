import { expect, test } from 'vitest';
import { checkStreams } from '#protocols/mavlink/stream-check.ts';
import { seededRandom } from '#protocols/random.ts';
import { SessionRig } from './stand-in-link.ts';

const ATTITUDE = 30;
const LOCAL_POSITION_NED = 32;
const BATTERY_STATUS = 147;
const UNKNOWN = 9999;

test('streams that were asked for come at their rates, and are off when off', async () => {
  const rig = new SessionRig();
  rig.run(6);
  const wanted = new Map([
    [ATTITUDE, 50],
    [LOCAL_POSITION_NED, 20],
    [BATTERY_STATUS, 0],
  ]);
  const findings = await rig.until(checkStreams(rig.session, wanted));
  for (const { msgid, wantedHz, saidHz, seenHz, fine } of findings) {
    expect([msgid, fine]).toEqual([msgid, true]);
    expect(saidHz).toBeCloseTo(wantedHz, 0);
    expect(Math.abs(seenHz - wantedHz)).toBeLessThanOrEqual(0.15 * wantedHz);
  }
});

test('a stream that the vehicle lacks, or that the link thins out, is found', async () => {
  const rig = new SessionRig();
  rig.run(6);
  const wanted = new Map([
    [ATTITUDE, 100],
    [UNKNOWN, 10],
  ]);
  const random = seededRandom(2).fork('loss');
  rig.link.loses = () => random.uniform() < 0.4;
  const findings = await rig.until(checkStreams(rig.session, wanted));
  expect(findings.map(({ fine }) => fine)).toEqual([false, false]);
  expect(findings[0]!.seenHz).toBeGreaterThan(45);
  expect(findings[1]!.seenHz).toBe(0);
});
