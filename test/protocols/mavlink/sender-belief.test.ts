import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import { Encoder } from '#protocols/mavlink/codec.ts';
import type { VehicleLink } from '#protocols/mavlink/link.ts';
import { SecuredLink, type SigningPolicy } from '#protocols/mavlink/secured-link.ts';
import { Signing } from '#protocols/mavlink/signing.ts';
import { openTcpServerLink } from '#protocols/mavlink/tcp.ts';
import { openUdpLink } from '#protocols/mavlink/udp.ts';
import { systemClock } from '#protocols/system-clock.ts';

const KEY = new Uint8Array(32).fill(7);
const HOST = '127.0.0.1';
const ANY = { address: HOST, port: 0 };

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const heartbeat = (): Heartbeat => Object.assign(new Heartbeat(), { mavlinkVersion: 3 });

const securedBy = (link: VehicleLink, policy: SigningPolicy): SecuredLink => {
  const signing = new Signing({ key: KEY, linkId: 1 });
  return new SecuredLink(link, { allow: {}, policy, signing }, () => systemClock.unixUs());
};

const rawSocket = async (): Promise<Socket> => {
  const socket = createSocket('udp4');
  ends.push(() => socket.close());
  socket.bind(0, HOST);
  await once(socket, 'listening');
  return socket;
};

/** A vehicle with the key, and one who only claims its system id and was there first. */
const udpRig = async (policy: SigningPolicy) => {
  const link = await openUdpLink({ local: ANY, sysid: 1 });
  const secured = securedBy(link, policy);
  ends.push(() => secured.close());
  const [forger, vehicle] = [await rawSocket(), await rawSocket()];
  const encoder = new Encoder(1, 1);
  const signer = new Signing({ key: KEY, linkId: 0 });
  const { port } = link.local;
  return {
    link,
    secured,
    vehicle,
    forge: () => forger.send(encoder.encode(heartbeat()), port, HOST),
    speak: () =>
      vehicle.send(signer.sign(encoder.encode(heartbeat()), systemClock.unixUs()), port, HOST),
  };
};

describe('who spoke first on a port that learns its vehicle', () => {
  test('does not keep it without the key: the vehicle is heard, and answered, in spite of a flood', async () => {
    const { link, secured, vehicle, forge, speak } = await udpRig('required');
    forge();
    await vi.waitFor(() => expect(link.remote).toBeDefined());
    let believed = 0;
    const heard = (atLeast: number): Promise<void> =>
      vi.waitFor(
        () => {
          for (let packet = 0; packet < 20; packet += 1) forge();
          speak();
          believed += secured.receive().length;
          expect(believed).toBeGreaterThan(atLeast);
        },
        { timeout: 10_000, interval: 5 },
      );
    await heard(0);
    // From then on it is the one, for good.
    await heard(20);
    expect(secured.refused.unsigned).toBeLessThan(200);
    expect(link.remote?.port).toBe(vehicle.address().port);
  });

  test('keeps it where signatures are not required', async () => {
    const { link, secured, vehicle, forge, speak } = await udpRig('optional');
    forge();
    await vi.waitFor(() => expect(link.remote).toBeDefined());
    for (let packet = 0; packet < 60; packet += 1) forge();
    await vi.waitFor(() => expect(link.counts.framesGood).toBe(61));
    secured.receive();
    speak();
    await vi.waitFor(() => expect(link.counts.datagramsForeign).toBe(1));
    expect(link.remote?.port).not.toBe(vehicle.address().port);
  });

  test('is sent to until another speaks: a vehicle whose time lags must hear us first', async () => {
    const { link, secured, forge } = await udpRig('required');
    for (let packet = 0; packet < 40; packet += 1) forge();
    await vi.waitFor(() => expect(link.counts.framesGood).toBe(40));
    secured.receive();
    secured.send(new Encoder(1, 191).encode(heartbeat()));
    expect(link.counts.sendsFailed).toBe(0);
  });
});

test('a TCP client without the key makes room for the vehicle', async () => {
  const link = await openTcpServerLink(ANY, { sysid: 1 });
  const secured = securedBy(link, 'required');
  ends.push(() => secured.close());
  const dial = async (): Promise<ReturnType<typeof connect>> => {
    const socket = connect(link.local.port, HOST);
    ends.push(() => socket.destroy());
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  };
  const encoder = new Encoder(1, 1);
  const forger = await dial();
  for (let packet = 0; packet < 40; packet += 1) forger.write(encoder.encode(heartbeat()));
  await vi.waitFor(() => expect(link.counts.framesGood).toBe(40));
  const gone = once(forger, 'close');
  expect(secured.receive()).toEqual([]);
  await gone;
  const vehicle = await dial();
  const signer = new Signing({ key: KEY, linkId: 0 });
  vehicle.write(signer.sign(encoder.encode(heartbeat()), systemClock.unixUs()));
  await vi.waitFor(() => expect(secured.receive()).toHaveLength(1));
}, 5000);
