import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { packRelease, unpackRelease } from '#world/release/pack.ts';
import { readReleaseFiles } from '#world/release/release-file.ts';

const shipped = readReleaseFiles('models/current');

describe('a release as one file', () => {
  it('has the files that went in, in the same bytes whatever their order', () => {
    const pack = packRelease(shipped);
    expect(unpackRelease(pack, 'a.pack')).toEqual(shipped);
    expect(packRelease(new Map([...shipped].reverse()))).toEqual(pack);
  });

  it('that was cut short or is something else is refused by name', () => {
    const pack = packRelease(new Map([...shipped].filter(([name]) => name !== 'weights.bin')));
    fc.assert(
      fc.property(fc.nat({ max: pack.length - 1 }), (length) => {
        let files: ReadonlyMap<string, Uint8Array> = new Map();
        try {
          files = unpackRelease(pack.subarray(0, length), 'a.pack');
        } catch (error) {
          expect(error).toMatchObject({ code: 'release-malformed', exit: 'usage' });
          expect((error as Error).message).toContain('a.pack');
        }
        // Cut between two files it is a release that lacks some: its manifest tells.
        expect(files.size).toBeLessThan(3);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        expect(() => unpackRelease(noise, 'noise')).toThrow('noise is no release');
        const longer = Uint8Array.from([...pack.subarray(0, 21), ...noise]);
        try {
          expect(unpackRelease(longer, 'noise').size).toBeLessThanOrEqual(8);
        } catch (error) {
          expect(error).toMatchObject({ code: 'release-malformed' });
        }
      }),
    );
  });
});
