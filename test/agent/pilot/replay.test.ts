import { expect, test } from 'vitest';

import { decodePilotInbox, encodePilotInbox } from '#agent/pilot/inbox.ts';
import { encodePilotStart, pilotReplayable } from '#agent/pilot/replay.ts';
import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { verifySignature } from '#protocols/gossip/signing.ts';
import type { NumberedRecord } from '#protocols/log/record.ts';
import { replayFlight } from '#protocols/log/replay.ts';
import { encodeTickRecord } from '#protocols/log/tick-record.ts';
import { vector3 } from '#protocols/vector.ts';
import { airborne, type Sortie } from './sortie.ts';

const recordsOf = (sortie: Sortie): NumberedRecord[] => {
  const stamp = { logTimeUs: 0n };
  const start: NumberedRecord = {
    ...stamp,
    number: 0,
    channel: 'pilot/start',
    monotonicMs: sortie.start.startMs,
    payload: encodePilotStart(sortie.start),
  };
  const ticks = sortie.recorded.map(({ nowMs, inbox, outbox }, tick): NumberedRecord => {
    const payload = encodeTickRecord({ tick, nowMs, inbox, outbox });
    return { ...stamp, number: tick + 1, channel: 'pilot/tick', monotonicMs: nowMs, payload };
  });
  return [start, ...ticks];
};

const flight = (): Sortie => {
  const sortie = airborne(vector3(3, 1, 0));
  sortie.envelopeBytes(sortie.operator.directive('hold'));
  sortie.run(2);
  sortie.envelopeBytes(sortie.operator.directive('resume'));
  sortie.run(2);
  sortie.envelopeBytes(sortie.operator.directive('abort'));
  sortie.run(3);
  return sortie;
};

test('a flight replays byte for byte, directives and their signatures included', async () => {
  const sortie = flight();
  const replay = await replayFlight(recordsOf(sortie), pilotReplayable(verifySignature));
  expect(replay.divergence).toBeUndefined();
  expect(replay.ticks).toBe(sortie.recorded.length);
  expect(replay.ticks).toBeGreaterThan(1000);
});

test('so does the flight of a pilot that found its predecessor’s memory', async () => {
  const sortie = airborne(vector3(3, 1, 0));
  sortie.killPilot();
  sortie.run(0.7);
  sortie.restartPilot();
  sortie.run(3);
  const replay = await replayFlight(recordsOf(sortie), pilotReplayable(verifySignature));
  expect(replay.divergence).toBeUndefined();
  expect(replay.ticks).toBe(150);
});

test('one changed byte of a plan that it heard shows', async () => {
  const sortie = airborne(vector3(3, 1, 0));
  sortie.run(2);
  const changed = sortie.recorded.findLastIndex(({ inbox }) =>
    decodePilotInbox(inbox).frames.some((frame) => frame.type === MESSAGE_TYPE.trajectory),
  );
  const tick = sortie.recorded[changed]!;
  const { packets, frames } = decodePilotInbox(tick.inbox);
  // The exponent of the first velocity of the trajectory, whose header is 32 bytes long.
  frames.find((frame) => frame.type === MESSAGE_TYPE.trajectory)!.payload[32 + 3]! ^= 0x01;
  tick.inbox = encodePilotInbox({ packets, frames });
  const replay = await replayFlight(recordsOf(sortie), pilotReplayable(verifySignature));
  expect(replay.divergence?.tick).toBeGreaterThanOrEqual(changed);
  expect(replay.divergence?.tick).toBeLessThan(changed + 5);
});
