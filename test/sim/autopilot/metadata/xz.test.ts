import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { xzFileOf } from '#sim/autopilot/metadata/xz.ts';
import { storedContentOf } from '../stored-xz.ts';

/** Not everywhere installed. */
const XZ = '/usr/bin/xz';
const hasXz = existsSync(XZ);

describe('metadata in an .xz file', () => {
  it('comes out as it went in', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (content) => {
        const file = Buffer.from(xzFileOf(content));
        expect(file.length % 4).toBe(0);
        expect([...storedContentOf(file)]).toEqual([...content]);
      }),
    );
  });

  it.skipIf(!hasXz).each([0, 1, 65_535, 65_536, 65_537, 200_003])(
    'of %d bytes is read by xz itself',
    (length) => {
      const content = Buffer.from(Uint8Array.from({ length }, (_, at) => (at * 7) % 251));
      const { status, stdout } = spawnSync(XZ, ['-dc'], { input: xzFileOf(content) });
      expect(status).toBe(0);
      expect(Buffer.compare(stdout, content)).toBe(0);
    },
  );
});
