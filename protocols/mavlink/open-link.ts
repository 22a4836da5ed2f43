import type { LinkAddress } from './connection-string.ts';
import type { VehicleLink } from './link.ts';
import { openUdpLink } from './udp.ts';

interface OpenLinkOptions {
  /** The only system id whose frames are handed over; undefined hands over all. */
  sysid?: number | undefined;
  /** The flag or setting that the address was written in, for messages. */
  setting?: string;
}

/**
 * Opens whatever a connection string names. Doors load when they are used: a vehicle on UDP pays for no
 * serial driver. Throws the Faults of `openUdpLink`, `openTcpLink`, `openTcpServerLink` and `openSerialLink`.
 */
export const openVehicleLink = async (
  address: LinkAddress,
  { sysid, setting }: OpenLinkOptions = {},
): Promise<VehicleLink> => {
  switch (address.kind) {
    case 'serial': {
      const { openSerialLink } = await import('./serial.ts');
      return openSerialLink({ ...address, sysid });
    }
    case 'tcpout': {
      const { openTcpLink } = await import('./tcp.ts');
      return openTcpLink(address.remote, { sysid });
    }
    case 'tcpin': {
      const { openTcpServerLink } = await import('./tcp.ts');
      return openTcpServerLink(address.local, { sysid });
    }
    default: {
      const { remote } = address;
      const any = remote?.address.includes(':') === true ? '::' : '0.0.0.0';
      return openUdpLink({
        local: address.kind === 'udpin' ? address.local : { address: any, port: 0 },
        ...(remote === undefined ? {} : { remote }),
        ...(sysid === undefined ? {} : { sysid }),
        ...(setting === undefined ? {} : { portSetting: setting }),
      });
    }
  }
};
