/** MAV_COMP_ID_AUTOPILOT1: the component whose events they are. */
const COMPONENT = 1;

/**
 * The number of an event: the component in the top byte, below it 24 bits of the FNV-1a hash of its
 * name (mavlink.io/en/services/events.html). All names of PX4 v1.15.4's metadata agree with it.
 */
export const eventId = (name: string): number => {
  let hash = 0x811c_9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x0100_0193);
  }
  return COMPONENT * 0x0100_0000 + (hash & 0xff_ffff);
};
