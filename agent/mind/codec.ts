import { Packr } from 'msgpackr';

import type { MindInbox, MindOptions, MindOutbox } from './state.ts';

/**
 * Own records of own ticks: never a foreign byte. `moreTypes` keeps typed arrays; plain maps
 * instead of shared structures make equal values equal bytes.
 */
const packr = new Packr({ useRecords: false, moreTypes: true });

export const encodeInbox = (inbox: MindInbox): Uint8Array => packr.pack(inbox);
export const decodeInbox = (bytes: Uint8Array): MindInbox => packr.unpack(bytes) as MindInbox;

export const encodeOutbox = (outbox: MindOutbox): Uint8Array => packr.pack(outbox);
export const decodeOutbox = (bytes: Uint8Array): MindOutbox => packr.unpack(bytes) as MindOutbox;

export const encodeMindStart = (options: MindOptions): Uint8Array => packr.pack(options);
export const decodeMindStart = (bytes: Uint8Array): MindOptions =>
  packr.unpack(bytes) as MindOptions;
