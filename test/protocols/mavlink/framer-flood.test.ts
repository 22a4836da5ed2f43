import { describe, expect, test } from 'vitest';
import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { Framer } from '#protocols/mavlink/framer.ts';

const DATAGRAM_BYTES = 65_507;

const filled = (pattern: readonly number[]): Uint8Array =>
  Uint8Array.from({ length: DATAGRAM_BYTES }, (_, at) => pattern[at % pattern.length]!);

/** CPU time of one datagram, ms: the least of several, so that a busy machine does not count. */
const costMs = (datagram: Uint8Array): number => {
  const framer = new Framer();
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 12; run += 1) {
    const { user, system } = process.cpuUsage();
    for (let repeat = 0; repeat < 4; repeat += 1) {
      framer.push(datagram);
      framer.endDatagram();
      while (framer.nextView() !== undefined);
    }
    const used = process.cpuUsage({ user, system });
    least = Math.min(least, (used.user + used.system) / 4000);
  }
  return least;
};

describe('a datagram made to cost time', () => {
  const noise = costMs(filled([0]));

  test.each([
    ['that is all starts of MAVLink 1', [0xfe]],
    ['that is all longest MAVLink 1 packets', [0xfe, 0xff, 0, 0, 0, 0]],
    ['that is all longest packets of a known message', [0xfd, 0xff, 0, 0, 0]],
  ])('%s costs little more than noise', (_, pattern) => {
    // Each start would be worth a checksum over 260 bytes: some sixty times the noise.
    expect(costMs(filled(pattern))).toBeLessThan(8 * noise);
  });

  test('loses the rest of a datagram that is damaged beyond reason, and nothing of the next', () => {
    const framer = new Framer();
    const packet = new Encoder(1, 1).encode(new Heartbeat());
    framer.push(Buffer.concat([filled([0xfd, 0xff, 0, 0, 0]), packet]));
    framer.endDatagram();
    expect(framer.next()).toBeUndefined();
    expect(framer.counts.bytesSkipped).toBe(DATAGRAM_BYTES + packet.length);
    framer.push(packet);
    framer.endDatagram();
    expect(framer.next()).toBeDefined();
  });

  test('in a stream, costs no good packet', () => {
    const framer = new Framer();
    const packet = new Encoder(1, 1).encode(new Heartbeat());
    framer.push(Buffer.concat([filled([0xfd, 0xff, 0, 0, 0]).subarray(0, 5000), packet, packet]));
    // What claims to go on is given up with the bytes that come.
    framer.push(new Uint8Array(300));
    const frames = [];
    for (let frame = framer.next(); frame !== undefined; frame = framer.next()) frames.push(frame);
    expect(frames).toHaveLength(2);
  });
});
