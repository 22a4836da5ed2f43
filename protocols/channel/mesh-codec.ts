import { Packr } from 'msgpackr';

import type { MeshStatus, Publish, Received } from './mesh-messages.ts';

/** Messages between a drone's own mesh and mind: never a foreign byte, so no scan and no schema. */
const packr = new Packr({ useRecords: false });

export const encodeReceived = (received: Received): Uint8Array => packr.pack(received);
export const decodeReceived = (bytes: Uint8Array): Received => packr.unpack(bytes) as Received;

export const encodePublish = (publish: Publish): Uint8Array => packr.pack(publish);
export const decodePublish = (bytes: Uint8Array): Publish => packr.unpack(bytes) as Publish;

export const encodeMeshStatus = (status: MeshStatus): Uint8Array => packr.pack(status);
export const decodeMeshStatus = (bytes: Uint8Array): MeshStatus =>
  packr.unpack(bytes) as MeshStatus;
