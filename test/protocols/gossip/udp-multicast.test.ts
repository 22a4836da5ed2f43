import { once } from 'node:events';
import { createSocket } from 'node:dgram';

import { afterEach, describe, expect, it, vi } from 'vitest';

import { openMulticast, type MulticastDoor } from '#protocols/gossip/udp-multicast.ts';

const freePort = async (): Promise<number> => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
};

const doors: MulticastDoor[] = [];
const open = (
  port: number,
  onFrame: (bytes: Uint8Array) => void,
  interfaceAddress = '127.0.0.1',
) => {
  const door = openMulticast({ group: '239.83.75.9', port, interfaceAddress }, onFrame);
  doors.push(door);
  return door;
};

describe('UDP multicast', () => {
  afterEach(() => {
    for (const door of doors.splice(0)) door.close();
  });

  it('brings a frame to all at one group, on one machine too, in memory of its own', async () => {
    const port = await freePort();
    const heard: Uint8Array[] = [];
    const [one] = [open(port, () => undefined), open(port, (bytes) => heard.push(bytes))];
    open(port, (bytes) => heard.push(bytes));
    await vi.waitUntil(() => doors.every(({ isOpen }) => isOpen));
    one.send(Uint8Array.of(1, 2, 3));
    await vi.waitUntil(() => heard.length === 2);
    expect(heard).toEqual([Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2, 3)]);
    expect(heard[0]!.buffer).not.toBe(heard[1]!.buffer);
  });

  it('says why it is closed, drops what is sent, and harms nobody', async () => {
    // TEST-NET-1 (RFC 5737): no interface of ours.
    const door = open(await freePort(), () => undefined, '192.0.2.1');
    await vi.waitUntil(() => door.trouble !== 'not open yet');
    expect(door.isOpen).toBe(false);
    expect(door.trouble).toMatch(/ADDRNOTAVAIL|NODEV|EINVAL|addMembership/u);
    door.send(Uint8Array.of(1));
  });
});
