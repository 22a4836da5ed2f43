import { MissionItemInt, type MissionItem } from 'mavlink-mappings/dist/lib/common.js';

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1)
    crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xedb8_8320;
  return crc;
});

const ITEM_BYTES = 32;

/**
 * The opaque id of a plan that goes on with this item: CRC-32 (reflected, no inversions, starting at
 * 0) over frame, command, autocontinue and the seven parameters as they came on the wire. Gives the
 * ids that PX4 v1.15.4 acknowledged in the recordings.
 */
export const nextPlanId = (id: number, item: MissionItem | MissionItemInt): number => {
  const bytes = Buffer.alloc(ITEM_BYTES);
  bytes.writeUInt8(item.frame, 0);
  bytes.writeUInt16LE(item.command, 1);
  bytes.writeUInt8(item.autocontinue, 3);
  bytes.writeFloatLE(item.param1, 4);
  bytes.writeFloatLE(item.param2, 8);
  bytes.writeFloatLE(item.param3, 12);
  bytes.writeFloatLE(item.param4, 16);
  if (item instanceof MissionItemInt) {
    bytes.writeInt32LE(item.x, 20);
    bytes.writeInt32LE(item.y, 24);
  } else {
    bytes.writeFloatLE(item.x, 20);
    bytes.writeFloatLE(item.y, 24);
  }
  bytes.writeFloatLE(item.z, 28);
  let crc = id >>> 0;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return crc >>> 0;
};
