import { Fault } from '#protocols/fault.ts';
import { findSysids } from './fleet-link.ts';

/** Where PX4 vehicles send to a ground station: all of a machine's SITL instances to the one port. */
const GROUND_STATION_LINK = 'udp://127.0.0.1:14550';

/** Where one vehicle is to be looked for; sysid undefined = the only one on that link. */
export interface Place {
  link: string;
  sysid: number | undefined;
}

interface Wanted {
  /** Empty = the ground station's port. */
  links: readonly string[];
  sysids: readonly number[];
  timeoutS: number;
}

/** Those that were named; else whoever is on the links given; else the station's swarm. */
export const placesOf = (options: Wanted, swarm: readonly number[]): Place[] => {
  const links = options.links.length > 0 ? options.links : [GROUND_STATION_LINK];
  const unnamed = options.links.length === 0 && options.sysids.length === 0;
  const sysids = unnamed ? swarm : options.sysids;
  const [first] = links;
  if (links.length > 1 && sysids.length > 0 && sysids.length !== links.length) {
    throw new Fault('usage', `${links.length} links and ${sysids.length} system ids`, {
      exit: 'usage',
      remedy: 'Give one --link for all, or one --link for each --sysid, in the same order.',
    });
  }
  if (links.length > 1) return links.map((link, index) => ({ link, sysid: sysids[index] }));
  if (sysids.length === 0) return [{ link: first!, sysid: undefined }];
  return sysids.map((sysid) => ({ link: first!, sysid }));
};

/** Whoever sends to the links. Throws the Fault `no-vehicle` when nobody does. */
export const placesFound = async ({ links, timeoutS }: Wanted): Promise<Place[]> => {
  const places = await Promise.all(
    (links.length > 0 ? links : [GROUND_STATION_LINK]).map(async (link): Promise<Place[]> => {
      const sysids = await findSysids(link, timeoutS);
      return sysids.map((sysid) => ({ link, sysid }));
    }),
  );
  return places.flat();
};

export const nameOf = ({ link, sysid }: Place): string =>
  sysid === undefined ? link : `drone ${sysid} on ${link}`;
