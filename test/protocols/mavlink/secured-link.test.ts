import { describe, expect, test } from 'vitest';
import { CommandLong, RadioStatus } from 'mavlink-mappings/dist/lib/common.js';
import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { Inbox } from '#protocols/mavlink/inbox.ts';
import type { VehicleLink } from '#protocols/mavlink/link.ts';
import { SecuredLink, type LinkSecurity } from '#protocols/mavlink/secured-link.ts';
import { Signing } from '#protocols/mavlink/signing.ts';

const KEY = new Uint8Array(32).fill(7);
const NOW_US = 1_790_000_000_000_000n;

/** A wire whose other end the test holds. */
class Wire implements VehicleLink {
  readonly sent: Uint8Array[] = [];
  readonly #inbox = new Inbox();
  get counts(): VehicleLink['counts'] {
    return this.#inbox.counts;
  }
  hear(bytes: Uint8Array): void {
    this.#inbox.accept(bytes);
  }
  send(bytes: Uint8Array): void {
    this.sent.push(bytes);
  }
  receive(): ReturnType<VehicleLink['receive']> {
    return this.#inbox.take();
  }
  async close(): Promise<void> {
    this.sent.length = 0;
  }
}

const heartbeat = (): Heartbeat => Object.assign(new Heartbeat(), { mavlinkVersion: 3 });

const secured = (security: Partial<LinkSecurity>): { wire: Wire; link: SecuredLink } => {
  const wire = new Wire();
  const signing = new Signing({ key: KEY, linkId: 1 });
  const link = new SecuredLink(
    wire,
    { allow: {}, policy: 'off', signing, ...security },
    () => NOW_US,
  );
  return { wire, link };
};

const vehicle = new Encoder(1, 1);
const vehicleSigning = new Signing({ key: KEY, linkId: 0 });
const signed = (message: MavLinkData): Uint8Array =>
  vehicleSigning.sign(vehicle.encode(message), NOW_US);

describe('a secured link', () => {
  test('required: believes only what is signed right', () => {
    const { wire, link } = secured({ policy: 'required' });
    const good = signed(heartbeat());
    wire.hear(vehicle.encode(heartbeat()));
    wire.hear(good);
    wire.hear(good);
    wire.hear(
      new Signing({ key: new Uint8Array(32), linkId: 0 }).sign(vehicle.encode(heartbeat()), NOW_US),
    );
    expect(link.receive()).toHaveLength(1);
    expect(link.refused).toMatchObject({ unsigned: 1, replayed: 1, wrongSignature: 1 });
  });

  test('required: the modem, which has no key, may still tell of the radio', () => {
    const { wire, link } = secured({ policy: 'required', unsignedAllowed: new Set([109]) });
    wire.hear(new Encoder(51, 68).encode(new RadioStatus()));
    wire.hear(new Encoder(51, 68).encode(heartbeat()));
    expect(link.receive().map(({ msgid }) => msgid)).toEqual([109]);
  });

  test('optional: believes unsigned packets, and no forged ones', () => {
    const { wire, link } = secured({ policy: 'optional' });
    wire.hear(vehicle.encode(heartbeat()));
    wire.hear(signed(heartbeat()));
    wire.hear(
      new Signing({ key: new Uint8Array(32), linkId: 0 }).sign(vehicle.encode(heartbeat()), NOW_US),
    );
    expect(link.receive()).toHaveLength(2);
    expect(link.refused.wrongSignature).toBe(1);
  });

  test('off: takes signed packets as any other, and signs nothing', () => {
    const { wire, link } = secured({ policy: 'off' });
    wire.hear(signed(heartbeat()));
    expect(link.receive()).toHaveLength(1);
    const packet = vehicle.encode(heartbeat());
    link.send(packet);
    expect(wire.sent).toEqual([packet]);
  });

  test('signs every packet of a datagram', () => {
    const { wire, link } = secured({ policy: 'optional' });
    const mine = new Encoder(1, 191);
    link.send(Buffer.concat([mine.encode(heartbeat()), mine.encode(new CommandLong())]));
    const other = secured({ policy: 'required' });
    for (const packet of wire.sent) other.wire.hear(packet);
    expect(other.link.receive().map(({ msgid }) => msgid)).toEqual([0, 76]);
  });

  test('hears nobody and nothing that is not on its lists', () => {
    const { wire, link } = secured({ allow: { sysids: new Set([1]), msgids: new Set([0]) } });
    wire.hear(new Encoder(2, 1).encode(heartbeat()));
    wire.hear(vehicle.encode(new RadioStatus()));
    wire.hear(vehicle.encode(heartbeat()));
    expect(link.receive().map(({ sysid, msgid }) => [sysid, msgid])).toEqual([[1, 0]]);
    expect(link.refused.notAllowed).toBe(2);
  });

  test.each(['off', 'optional', 'required'] as const)(
    '%s: says whether an autopilot signs, whatever others on the link do',
    (policy) => {
      const { wire, link } = secured({ policy });
      wire.hear(new Encoder(1, 191).encode(heartbeat()));
      wire.hear(new Encoder(51, 68).encode(new RadioStatus()));
      link.receive();
      expect(link.signs(1)).toBeUndefined();
      wire.hear(signed(heartbeat()));
      wire.hear(new Encoder(1, 191).encode(heartbeat()));
      link.receive();
      expect(link.signs(1)).toBe(true);
      wire.hear(vehicle.encode(heartbeat()));
      link.receive();
      expect(link.signs(1)).toBe(false);
    },
  );

  test('cannot be made to demand signatures without a key', () => {
    const wire = new Wire();
    expect(() => new SecuredLink(wire, { allow: {}, policy: 'required' }, () => NOW_US)).toThrow(
      /key/u,
    );
  });
});
