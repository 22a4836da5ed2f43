import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { parseConnectionString } from '#protocols/mavlink/connection-string.ts';
import { openVehicleLink } from '#protocols/mavlink/open-link.ts';
import { openUdpHub } from '#protocols/mavlink/udp-hub.ts';
import { openUdpLink, type UdpLink } from '#protocols/mavlink/udp.ts';
import { FAR_SYSID, linkCompliance, type LinkWorld } from './link-compliance.ts';

const ANY = { address: '127.0.0.1', port: 0 };

class FarSocket {
  readonly heard: Uint8Array[] = [];
  readonly socket: Socket = createSocket('udp4');
  port = 0;

  async open(): Promise<this> {
    this.socket.bind(0, '127.0.0.1');
    await once(this.socket, 'listening');
    ({ port: this.port } = this.socket.address());
    this.socket.on('message', (bytes) => this.heard.push(bytes));
    return this;
  }

  /** `ports` are asked for late: ours is known only once our link is open. */
  world(link: LinkWorld['link'], portOf: () => number, end = async () => {}): LinkWorld {
    return {
      link,
      say: (bytes) => this.socket.send(bytes, portOf(), '127.0.0.1'),
      heard: () => Buffer.concat(this.heard),
      end: async () => {
        this.socket.close();
        await end();
      },
    };
  }
}

linkCompliance('UDP, listening', { stream: false, bounded: true }, async (capacityFrames) => {
  const far = await new FarSocket().open();
  const link = await openUdpLink({
    local: ANY,
    sysid: FAR_SYSID,
    ...(capacityFrames === undefined ? {} : { capacityFrames }),
  });
  return far.world(link, () => link.local.port);
});

linkCompliance('UDP, by a connection string', { stream: false, bounded: false }, async () => {
  const far = await new FarSocket().open();
  const address = parseConnectionString(`udpout://127.0.0.1:${far.port}`);
  const link = await openVehicleLink(address, { sysid: FAR_SYSID });
  return far.world(link, () => (link as UdpLink).local.port);
});

linkCompliance('UDP, one port for several', { stream: false, bounded: true }, async (capacity) => {
  const far = await new FarSocket().open();
  const hub = await openUdpHub({
    local: ANY,
    ...(capacity === undefined ? {} : { capacityFrames: capacity }),
  });
  return far.world(
    hub.link(FAR_SYSID),
    () => hub.local.port,
    () => hub.close(),
  );
});
