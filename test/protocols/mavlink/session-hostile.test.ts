import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CommandAck } from 'mavlink-mappings/dist/lib/common.js';
import { decode } from '#protocols/mavlink/codec.ts';
import { CommandService, type CommandOutcome } from '#protocols/mavlink/command.ts';
import type { Frame } from '#protocols/mavlink/framer.ts';
import { newLinkCounts, type VehicleLink } from '#protocols/mavlink/link.ts';
import { armCommand } from '#protocols/mavlink/vehicle-command.ts';
import { VehicleSession } from '#protocols/mavlink/vehicle-session.ts';
import { VehicleVoice } from '#protocols/mavlink/vehicle-voice.ts';
import { hasRecordings, recordingOf } from './tlog-packets.ts';

/** A link whose other end is the test. */
class ScriptedLink implements VehicleLink {
  readonly counts = newLinkCounts();
  sent = 0;
  frames: Frame[] = [];

  send(): void {
    this.sent += 1;
  }

  receive(): Frame[] {
    return this.frames.splice(0);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Every message that a service of the session takes, and others. */
const IDS = [0, 1, 20, 22, 23, 30, 40, 42, 44, 47, 51, 73, 76, 77, 80, 111, 148, 242, 244, 253];
const EVENT_IDS = [410, 411, 412, 413];

const hostileFrame = fc
  .record({
    sysid: fc.constantFrom(7, 7, 7, 9),
    compid: fc.constantFrom(1, 1, 1, 100),
    sequence: fc.nat(255),
    msgid: fc.constantFrom(...IDS, ...EVENT_IDS),
    payload: fc.uint8Array({ maxLength: 255 }),
  })
  .map((frame): Frame => ({ ...frame, bytes: frame.payload }));

test('whatever a vehicle sends, a session neither throws nor hangs nor talks without end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(hostileFrame, { maxLength: 300 }), async (frames) => {
      const link = new ScriptedLink();
      const session = new VehicleSession(link, { sysid: 7, compid: 1 });
      let ended = 0;
      const end = (): void => {
        ended += 1;
      };
      const waiting = [
        session.allParameters(),
        session.setParameter('MPC_XY_VEL_MAX', 5),
        session.parameter('NO_SUCH'),
        session.command(armCommand()),
        session.upload('mission', []),
        session.download('fence'),
      ];
      for (const promise of waiting) promise.then(end, end);
      let nowMs = 0;
      for (; nowMs < 120_000 && ended < waiting.length; nowMs += 20) {
        link.frames = frames.splice(0, 10);
        session.pump(nowMs);
        await Promise.resolve();
        await Promise.resolve();
      }
      expect(ended).toBe(waiting.length);
      // Heartbeats and clock questions are two a second; the rest answers or repeats a bounded number.
      expect(link.sent).toBeLessThan((nowMs / 1000) * 14 + 700);
      await session.close();
    }),
    { numRuns: 60 },
  );
});

describe.skipIf(!hasRecordings)('as the real PX4 refused', () => {
  test.each(['refused-commands', 'v1.18beta-refused-commands'])(
    '%s: arming before the estimator is ready says why',
    (name) => {
      const { vehicle, client } = recordingOf(name);
      const { sysid, compid } = vehicle[0]!.frame;
      const asked = client.find(({ frame }) => {
        const message = decode(frame) as { command?: number } | undefined;
        return frame.msgid === 76 && message?.command === 400;
      })!;
      const commands = new CommandService({ sysid, compid }, asked.frame, { remarkMs: 300 });
      const voice = new VehicleVoice({ sysid, compid });
      const outcomes: CommandOutcome[] = [];
      let requested = false;
      for (const { atMs, frame } of vehicle) {
        if (!requested && atMs >= asked.atMs) {
          commands.request(armCommand());
          commands.tick(asked.atMs);
          requested = true;
        }
        const message = decode(frame);
        voice.hear(frame, message, atMs);
        if (frame.msgid === 77) commands.acknowledge(message as CommandAck, frame, atMs);
        for (const { severity, text } of voice.tick(atMs).said) {
          if (severity <= 4) commands.remark(text, atMs);
        }
        outcomes.push(...commands.tick(atMs).outcomes);
        if (outcomes.length > 0) break;
      }
      expect(outcomes).toMatchObject([
        {
          result: 'temporarilyRejected',
          attempts: 1,
          remarks: ['Arming denied: Resolve system health failures first'],
        },
      ]);
    },
  );
});
