import { Packr } from 'msgpackr';

import type { MeshStatus, Publish } from './mesh-messages.ts';

/** Messages between a drone's own mesh and mind: never a foreign byte, so no scan and no schema. */
const packr = new Packr({ useRecords: false });

/** Byte strings come out of the same class that goes in; a Buffer would compare and print differently. */
const unpack = (bytes: Uint8Array): unknown =>
  packr.unpack(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));

export const encodePublish = (publish: Publish): Uint8Array => packr.pack(publish);
export const decodePublish = (bytes: Uint8Array): Publish => unpack(bytes) as Publish;

export const encodeMeshStatus = (status: MeshStatus): Uint8Array => packr.pack(status);
export const decodeMeshStatus = (bytes: Uint8Array): MeshStatus => unpack(bytes) as MeshStatus;
