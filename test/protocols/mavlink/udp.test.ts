import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Attitude } from 'mavlink-mappings/dist/lib/common.js';
import { Fault } from '#protocols/fault.ts';
import { Encoder } from '#protocols/mavlink/codec.ts';
import type { Frame } from '#protocols/mavlink/framer.ts';
import { companionUdp, openUdpLink, vehicleUdp } from '#protocols/mavlink/udp.ts';
import type { UdpLink, UdpLinkOptions } from '#protocols/mavlink/udp.ts';

const ANY = { address: '127.0.0.1', port: 0 };

const opened: UdpLink[] = [];
const sockets: Socket[] = [];

const open = async (options: UdpLinkOptions): Promise<UdpLink> => {
  const link = await openUdpLink(options);
  opened.push(link);
  return link;
};

const rawSocket = async (): Promise<Socket> => {
  const socket = createSocket('udp4');
  sockets.push(socket);
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
};

afterEach(async () => {
  await Promise.all(opened.splice(0).map((link) => link.close()));
  for (const socket of sockets.splice(0)) socket.close();
});

const packets = (sysid: number, count: number): Uint8Array[] => {
  const encoder = new Encoder(sysid, 1);
  return Array.from({ length: count }, (_, index) => {
    const attitude = new Attitude();
    attitude.timeBootMs = index + 1;
    return encoder.encode(attitude);
  });
};

/** Reads until `count` frames came; the test's own time limit ends a wait in vain. */
const receive = async (link: UdpLink, count: number): Promise<Frame[]> => {
  const frames: Frame[] = [];
  await vi.waitFor(
    () => {
      frames.push(...link.receive());
      expect(frames.length).toBeGreaterThanOrEqual(count);
    },
    { timeout: 5000, interval: 5 },
  );
  return frames;
};

const until = (condition: () => boolean): Promise<void> =>
  vi.waitFor(() => expect(condition()).toBe(true), { timeout: 5000, interval: 5 });

describe('a vehicle and its companion over UDP', () => {
  test('the vehicle speaks first, the companion learns where it is and answers', async () => {
    const companion = await open({ local: ANY, sysid: 3 });
    const vehicle = await open({ local: ANY, remote: companion.local });
    companion.send(packets(245, 1)[0]!);
    expect(companion.counts.sendsFailed).toBe(1);
    expect(companion.remote).toBeUndefined();
    for (const packet of packets(3, 20)) vehicle.send(packet);
    const frames = await receive(companion, 20);
    expect(frames.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(companion.remote).toEqual(vehicle.local);
    companion.send(packets(245, 1)[0]!);
    expect(await receive(vehicle, 1)).toMatchObject([{ sysid: 245, msgid: 30 }]);
  });

  test('several packets in one datagram all arrive', async () => {
    const companion = await open({ local: ANY });
    const vehicle = await open({ local: ANY, remote: companion.local });
    vehicle.send(Buffer.concat(packets(3, 7)));
    expect(await receive(companion, 7)).toHaveLength(7);
  });

  test("another system's packets are counted, not handed over", async () => {
    const companion = await open({ local: ANY, sysid: 3 });
    const vehicle = await open({ local: ANY, remote: companion.local });
    vehicle.send(Buffer.concat([...packets(4, 5), ...packets(3, 1)]));
    expect(await receive(companion, 1)).toMatchObject([{ sysid: 3 }]);
    expect(companion.counts.framesForeign).toBe(5);
  });

  test('a late reader gets the newest frames, and a count of those it lost', async () => {
    const companion = await open({ local: ANY, capacityFrames: 10 });
    const vehicle = await open({ local: ANY, remote: companion.local });
    for (const packet of packets(3, 55)) vehicle.send(packet);
    await until(() => companion.counts.framesGood === 55);
    expect(companion.receive().map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 10 }, (_, i) => 45 + i),
    );
    expect(companion.counts.framesDropped).toBe(45);
    expect(companion.receive()).toEqual([]);
  });
});

describe('a stranger on the port', () => {
  test('is not heard once the vehicle is known', async () => {
    const companion = await open({ local: ANY, sysid: 3 });
    const vehicle = await open({ local: ANY, remote: companion.local });
    const stranger = await open({ local: ANY, remote: companion.local });
    vehicle.send(packets(3, 1)[0]!);
    await receive(companion, 1);
    for (const packet of packets(3, 9)) stranger.send(packet);
    await until(() => companion.counts.datagramsForeign === 9);
    expect(companion.receive()).toEqual([]);
    expect(companion.remote).toEqual(vehicle.local);
  });

  test('is not learnt from noise or from another system id', async () => {
    const companion = await open({ local: ANY, sysid: 3 });
    const stranger = await rawSocket();
    stranger.send(Buffer.from('fd09 not MAVLink'), companion.local.port, '127.0.0.1');
    stranger.send(packets(9, 1)[0]!, companion.local.port, '127.0.0.1');
    await until(() => companion.counts.datagramsForeign === 2);
    expect(companion.remote).toBeUndefined();
    expect(companion.counts.bytesSkipped).toBeGreaterThan(0);
  });

  test('is never heard when the remote is fixed', async () => {
    const elsewhere = await rawSocket();
    const remote = { address: '127.0.0.1', port: elsewhere.address().port };
    const companion = await open({ local: ANY, remote });
    const stranger = await open({ local: ANY, remote: companion.local });
    stranger.send(packets(3, 1)[0]!);
    await until(() => companion.counts.datagramsForeign === 1);
    expect(companion.receive()).toEqual([]);
  });
});

const faultOf = async (options: UdpLinkOptions): Promise<unknown> => {
  try {
    await open(options);
    return undefined;
  } catch (error) {
    return error;
  }
};

describe('bad input', () => {
  test('a port that is taken is named, with what to do', async () => {
    const first = await open({ local: ANY });
    const fault = await faultOf({ local: first.local, portSetting: '--instance' });
    expect(fault).toBeInstanceOf(Fault);
    expect(fault).toMatchObject({
      code: 'port-in-use',
      exit: 'usage',
      data: { port: first.local.port, address: '127.0.0.1' },
    });
    expect(fault).toHaveProperty('remedy', expect.stringContaining('--instance'));
    expect(fault).toHaveProperty('remedy', expect.stringContaining(String(first.local.port)));
  });

  test('a host name or an impossible port is refused before any socket opens', async () => {
    const named = { local: { address: 'localhost', port: 0 } };
    expect(await faultOf(named)).toMatchObject({ code: 'address-invalid', exit: 'usage' });
    const remote = { address: '127.0.0.1', port: 70_000 };
    expect(await faultOf({ local: ANY, remote })).toMatchObject({ code: 'address-invalid' });
  });

  test("an address that is not this machine's is a socket fault with the system's code", async () => {
    const fault = await faultOf({ local: { address: '192.0.2.1', port: 0 } });
    expect(fault).toMatchObject({ code: 'socket-failed', data: { system: 'EADDRNOTAVAIL' } });
  });
});

test('a closed link is silent and can be closed again', async () => {
  const companion = await open({ local: ANY, remote: { address: '127.0.0.1', port: 9 } });
  await companion.close();
  await companion.close();
  companion.send(packets(3, 1)[0]!);
  expect(companion.receive()).toEqual([]);
});

test('ports follow the numbering of PX4 SITL', () => {
  expect(companionUdp(2)).toEqual({
    local: { address: '127.0.0.1', port: 14_542 },
    remote: { address: '127.0.0.1', port: 14_582 },
    sysid: 3,
  });
  expect(vehicleUdp(2)).toEqual({
    local: { address: '127.0.0.1', port: 14_582 },
    remote: { address: '127.0.0.1', port: 14_542 },
  });
});

describe('a vehicle’s end with PX4’s manners', () => {
  test('sends to its remote until somebody speaks, who then is the peer for good', async () => {
    const [expected, first, second] = [await rawSocket(), await rawSocket(), await rawSocket()];
    const heardBy = new Map<Socket, number>();
    for (const socket of [expected, first, second]) {
      socket.on('message', () => heardBy.set(socket, (heardBy.get(socket) ?? 0) + 1));
    }
    const { port } = expected.address();
    const vehicle = await open({
      local: ANY,
      remote: { address: '127.0.0.1', port },
      adoptFirst: true,
    });
    vehicle.send(packets(1, 1)[0]!);
    await until(() => heardBy.get(expected) === 1);
    first.send(Buffer.from('not MAVLink'), vehicle.local.port, '127.0.0.1');
    await until(() => vehicle.counts.datagramsForeign === 1);
    first.send(packets(250, 1)[0]!, vehicle.local.port, '127.0.0.1');
    await receive(vehicle, 1);
    second.send(packets(251, 1)[0]!, vehicle.local.port, '127.0.0.1');
    await until(() => vehicle.counts.datagramsForeign === 2);
    vehicle.send(packets(1, 1)[0]!);
    await until(() => heardBy.get(first) === 1);
    expect(vehicle.receive()).toEqual([]);
    expect([heardBy.get(expected), heardBy.get(second)]).toEqual([1, undefined]);
  });
});
