import { Packr } from 'msgpackr';

import type { MindOptions } from './state.ts';

/** Of a mind's own start, once in its life: never a foreign byte. */
const packr = new Packr({ useRecords: false });

export const encodeMindStart = (options: MindOptions): Uint8Array => packr.pack(options);
export const decodeMindStart = (bytes: Uint8Array): MindOptions =>
  packr.unpack(bytes) as MindOptions;
