import { MavCmd, MissionAck, type MavMissionType } from 'mavlink-mappings/dist/lib/common.js';
import { Companion } from '../companion.ts';
import { answerUpload, countMessage, type ItemSketch } from './mission-client.ts';

/** The companion's origin in 1e-7 degrees. */
export const [X, Y] = [473_977_000, 85_456_000];
/** Ten metres in 1e-7 degrees of latitude, and of longitude here. */
const [TEN_NORTH, TEN_EAST] = [899, 1328];

/** Uploads a plan to a vehicle in simulated time and returns the MAV_MISSION_RESULT. */
export const upload = (companion: Companion, items: ItemSketch[], type: MavMissionType): number => {
  let seen = companion.received.length;
  companion.send(countMessage(items.length, type));
  for (let turn = 0; turn < 50; turn += 1) {
    companion.run(0.02);
    for (; seen < companion.received.length; seen += 1) {
      const message = companion.received[seen]!;
      if (message instanceof MissionAck) return message.type;
      const answer = answerUpload(message, items);
      if (answer !== undefined) companion.send(answer);
    }
  }
  throw new Error('the upload did not end');
};

/** An item so many tens of metres north (and east) of the origin. */
export const at = (
  northTens: number,
  command: number = MavCmd.NAV_WAYPOINT,
  z = 15,
  eastTens = 0,
): ItemSketch => ({
  command,
  params: [0, 2, 0, Number.NaN],
  x: X + northTens * TEN_NORTH,
  y: Y + eastTens * TEN_EAST,
  z,
});

/** A vehicle that has aligned and knows its home. */
export const ready = (options?: ConstructorParameters<typeof Companion>[0]): Companion => {
  const companion = new Companion(options);
  companion.runUntil(() => companion.vehicle.autopilot.situation.positionTrusted, 40);
  companion.run(3);
  return companion;
};
