import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Attitude, REGISTRY as COMMON } from 'mavlink-mappings/dist/lib/common.js';
import { REGISTRY as MINIMAL } from 'mavlink-mappings/dist/lib/minimal.js';
import { REGISTRY as STANDARD } from 'mavlink-mappings/dist/lib/standard.js';
import type { MavLinkData, MavLinkDataConstructor } from 'mavlink-mappings/dist/lib/mavlink.js';
import { decode } from '#protocols/mavlink/codec.ts';
import { fieldView } from '#protocols/mavlink/field-view.ts';

const VIEWS = [MINIMAL, STANDARD, COMMON]
  .flatMap((registry) => Object.values<MavLinkDataConstructor<MavLinkData>>(registry))
  .map((definition) => fieldView(definition));

test('a view says every plain number of a message as its class does, whatever the payload', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...VIEWS),
      fc.uint8Array({ minLength: 1, maxLength: 255 }),
      (view, payload) => {
        const header = { sysid: 1, compid: 1, sequence: 0, msgid: view.msgid };
        const message = decode({ ...header, payload, bytes: payload })!;
        const wanted = Object.entries(message).filter(([, value]) => typeof value === 'number');
        const read: Record<string, unknown> = { ...view.read(payload) };
        expect(read).toStrictEqual(Object.fromEntries(wanted));
      },
    ),
    { numRuns: 2000 },
  );
});

test('it is one object, which says what was read last', () => {
  const view = fieldView(Attitude);
  const first = view.read(Uint8Array.of(1));
  expect(first.timeBootMs).toBe(1);
  expect(view.read(Uint8Array.of(2))).toBe(first);
  expect(first.timeBootMs).toBe(2);
});
