import { crc32 } from './crc32.ts';
import type { Parameters } from './parameters.ts';

const bytes = new Uint8Array(4);
const view = new DataView(bytes.buffer);

/**
 * PX4's `_HASH_CHECK`: CRC-32 over the name and the four bytes of every parameter in order, but for
 * those that PX4 changes by itself. Clients that know the hash may spare themselves the list.
 */
export const parameterHash = (parameters: Parameters): number => {
  let crc = 0;
  for (const name of parameters.names) {
    if (parameters.isVolatile(name)) continue;
    const value = parameters.find(name)!;
    if (parameters.typeOf(name) === 'int32') view.setInt32(0, value, true);
    else view.setFloat32(0, value, true);
    crc = crc32(bytes, crc32(Buffer.from(name), crc));
  }
  return crc;
};
