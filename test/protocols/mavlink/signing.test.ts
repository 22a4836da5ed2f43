import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import type { Frame } from '#protocols/mavlink/framer.ts';
import { parseSigningState, signingStateText } from '#protocols/mavlink/signing-state.ts';
import { Signing, signingKeyFromPassphrase } from '#protocols/mavlink/signing.ts';

const KEY = Uint8Array.from({ length: 32 }, (_, index) => index);
const NOW_US = 1_790_000_000_000_000n;
const SECOND_US = 1_000_000n;

/** Made by pymavlink 2.4.50: key 00 01 … 1f, link id 3, one after the other. */
const BY_PYMAVLINK = [
  'fd0901002a07bf00000000000000120800040350890305a89edc9c212153cbd66879',
  'fd2001002a07bf4c00000000803f0000000000000000000000000000000000000000000000009001010107ee0306a89edc9c210a76923f1284',
];
const PYMAVLINK_TIMESTAMP = 0x219c_dc9e_a805;

const frameOf = (bytes: Uint8Array): Frame => {
  const framer = new Framer();
  framer.push(bytes);
  framer.endDatagram();
  return framer.next()!;
};

const packet = (sysid = 1, compid = 1): Uint8Array => {
  const heartbeat = new Heartbeat();
  heartbeat.mavlinkVersion = 3;
  return new Encoder(sysid, compid).encode(heartbeat);
};

const signer = (linkId = 0): Signing => new Signing({ key: KEY, linkId });

/** The packet as it was before it was signed: flag, signature and checksum of its own. */
const unsigned = (signed: Uint8Array): Uint8Array => {
  const bytes = signed.slice(0, -13);
  bytes[2] = 0;
  return bytes;
};

describe('MAVLink 2 signatures', () => {
  test('agree byte for byte with those of another implementation', () => {
    const ours = new Signing({
      key: KEY,
      linkId: 3,
      state: { timestamp: PYMAVLINK_TIMESTAMP - 1, streams: [] },
    });
    for (const hex of BY_PYMAVLINK) {
      const theirs = Buffer.from(hex, 'hex');
      expect(Buffer.from(ours.sign(unsigned(theirs), 0n)).toString('hex')).toBe(hex);
    }
  });

  test('of another implementation are verified, once', () => {
    const ours = signer();
    for (const hex of BY_PYMAVLINK) {
      const frame = frameOf(Buffer.from(hex, 'hex'));
      expect(ours.verify(frame, 0n)).toBe('verified');
      expect(ours.verify(frame, 0n)).toBe('replayed');
    }
  });

  test('no changed byte passes, wherever it is', () => {
    const signed = signer().sign(packet(), NOW_US);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: signed.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, flip) => {
          const changed = Uint8Array.from(signed);
          changed[at] = changed[at]! ^ flip;
          const framer = new Framer();
          framer.push(changed);
          framer.endDatagram();
          const frame = framer.next();
          // Most changes break the checksum already; those of the signature block are left.
          const verdict = frame === undefined ? 'no frame' : signer().verify(frame, NOW_US);
          expect(verdict).not.toBe('verified');
        },
      ),
    );
  });

  test('made with another key are wrong', () => {
    const other = new Signing({ key: signingKeyFromPassphrase('another'), linkId: 0 });
    const frame = frameOf(other.sign(packet(), NOW_US));
    expect(signer().verify(frame, NOW_US)).toBe('wrongSignature');
  });

  test('grow in time whatever the clock does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 0n, max: 2n * NOW_US }), { minLength: 2 }),
        (clocks) => {
          const from = signer();
          const to = signer();
          for (const unixUs of clocks) {
            expect(to.verify(frameOf(from.sign(packet(), unixUs)), 0n)).toBe('verified');
          }
        },
      ),
    );
  });

  test('are judged apart for every sender and link', () => {
    const to = signer();
    const newest = frameOf(signer(1).sign(packet(1, 1), NOW_US + SECOND_US));
    expect(to.verify(newest, NOW_US)).toBe('verified');
    // Half a second older, by another link, another component, another system: none is a replay.
    for (const [sysid, compid, linkId] of [
      [1, 1, 2],
      [1, 191, 1],
      [2, 1, 1],
    ] as const) {
      const frame = frameOf(signer(linkId).sign(packet(sysid, compid), NOW_US + SECOND_US / 2n));
      expect(to.verify(frame, NOW_US)).toBe('verified');
    }
  });

  test('of a sender never heard before may lag a minute, not more', () => {
    const late = (seconds: bigint): Frame =>
      frameOf(signer().sign(packet(), NOW_US - seconds * SECOND_US));
    expect(signer().verify(late(59n), NOW_US)).toBe('verified');
    expect(signer().verify(late(61n), NOW_US)).toBe('stale');
  });

  test('follow a verified sender whose clock is ahead', () => {
    const ahead = frameOf(signer().sign(packet(), NOW_US + 3600n * SECOND_US));
    const ours = signer();
    expect(ours.verify(ahead, NOW_US)).toBe('verified');
    // Our next packet is later than anything the other has seen, so it is not stale there.
    const theirs = signer();
    expect(theirs.verify(ahead, NOW_US)).toBe('verified');
    expect(theirs.verify(frameOf(ours.sign(packet(9, 9), NOW_US)), NOW_US)).toBe('verified');
  });

  test('from more senders than are remembered are refused', () => {
    const to = signer();
    const verdicts = Array.from({ length: 70 }, (_, index) =>
      to.verify(frameOf(signer().sign(packet(1 + index), NOW_US)), NOW_US),
    );
    expect(verdicts.filter((verdict) => verdict === 'verified')).toHaveLength(64);
    expect(verdicts.slice(64)).toEqual(Array.from({ length: 6 }, () => 'crowded'));
  });
});

describe('played late', () => {
  const delayed = (linkId: number, sentUs: bigint): Frame =>
    frameOf(signer(linkId).sign(packet(), sentUs));

  test('what was recorded while nobody listened is not believed by the process that comes later', () => {
    const before = signer();
    expect(before.verify(delayed(0, NOW_US), NOW_US)).toBe('verified');
    const recorded = delayed(0, NOW_US + SECOND_US);
    const after = new Signing({ key: KEY, linkId: 1, state: before.takeState() });
    expect(after.verify(recorded, NOW_US + 62n * SECOND_US)).toBe('stale');
    expect(after.verify(recorded, NOW_US + 61n * SECOND_US)).toBe('verified');
  });

  test('a sender once heard stays heard when its time falls behind: it may not hear us any more', () => {
    const to = signer();
    expect(to.verify(delayed(0, NOW_US), NOW_US)).toBe('verified');
    const muchLaterUs = NOW_US + 3600n * SECOND_US;
    expect(to.verify(delayed(0, NOW_US + 1000n), muchLaterUs)).toBe('verified');
  });

  test("a component's other link may lag a second: what was recorded there is not played here", () => {
    const to = signer();
    expect(to.verify(delayed(0, NOW_US), NOW_US)).toBe('verified');
    expect(to.verify(delayed(2, NOW_US - (9n * SECOND_US) / 10n), NOW_US)).toBe('verified');
    expect(to.verify(delayed(3, NOW_US - 2n * SECOND_US), NOW_US)).toBe('replayed');
    // Nor when it was heard there before, and falls behind now.
    const laterUs = NOW_US + 30n * SECOND_US;
    expect(to.verify(delayed(0, laterUs), laterUs)).toBe('verified');
    expect(to.verify(delayed(2, laterUs - 2n * SECOND_US), laterUs)).toBe('replayed');
  });
});

describe('recorded, power-cycled, replayed', () => {
  test('none of a recording is believed by the process that comes after', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 0, max: 2000 }),
        (count, stepMs) => {
          const from = signer();
          const to = signer();
          let disk = '';
          const recorded: Frame[] = [];
          let nowUs = NOW_US;
          for (let index = 0; index < count; index += 1) {
            nowUs += BigInt(stepMs) * 1000n;
            const frame = frameOf(from.sign(packet(), nowUs));
            expect(to.verify(frame, nowUs)).toBe('verified');
            recorded.push(frame);
            const state = to.takeState();
            if (state !== undefined) disk = signingStateText(state, 'key');
          }
          const after = new Signing({
            key: KEY,
            linkId: 0,
            state: parseSigningState(disk, 'disk', 'key'),
          });
          const believed = recorded.filter((frame) => after.verify(frame, nowUs) === 'verified');
          expect(believed).toEqual([]);
          // The living sender is heard again half a second later.
          const live = frameOf(from.sign(packet(), nowUs + (6n * SECOND_US) / 10n));
          expect(after.verify(live, nowUs)).toBe('verified');
        },
      ),
    );
  });

  test('no time is sent twice across a restart, even with the clock back in 1970', () => {
    const first = signer();
    const signed = Array.from({ length: 5 }, () => first.sign(packet(), NOW_US));
    const again = new Signing({ key: KEY, linkId: 0, state: first.takeState() });
    const to = signer();
    for (const bytes of [...signed, again.sign(packet(), 0n)]) {
      expect(to.verify(frameOf(bytes), NOW_US)).toBe('verified');
    }
  });

  test('the disk is written about twice a second, not for every packet', () => {
    const from = signer();
    const to = signer();
    let writes = 0;
    for (let tick = 0; tick < 500; tick += 1) {
      const nowUs = NOW_US + BigInt(tick) * 20_000n;
      to.verify(frameOf(from.sign(packet(), nowUs)), nowUs);
      if (to.takeState() !== undefined) writes += 1;
    }
    expect(writes).toBeGreaterThan(10);
    expect(writes).toBeLessThan(30);
  });

  test.each([
    ['not JSON', '{'],
    ['another version', '{"version":2,"timestamp":1,"streams":[]}'],
    ['a time beyond 48 bits', '{"version":1,"key":"key","timestamp":281474976710656,"streams":[]}'],
    ['a stream of no system', '{"version":1,"key":"key","timestamp":1,"streams":[{"sysid":256}]}'],
    ['no list', '{"version":1,"key":"key","timestamp":1,"streams":7}'],
  ])('a state file with %s stops the start and names the file', (_, text) => {
    expect(() => parseSigningState(text, 'state/signing.json', 'key')).toThrow(
      /state\/signing\.json/u,
    );
  });
});
