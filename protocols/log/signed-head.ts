import type { ChainLink } from './chain.ts';
import type { FlightInfo } from './segment-meta.ts';

/**
 * A head that the drone itself signed and others keep: from a beacon's envelope in another drone's
 * log or in the station's journal. Whoever rewrites a whole chain cannot take these back.
 */
export interface SignedHead {
  /** Author. */
  sysid: number;
  /** Author's boot epoch: names the flight together with `sysid`. */
  bootEpoch: number;
  /** Place of the link in the chain, from 0. */
  link: number;
  /** First bytes of the head: at least 8, at most 32. */
  head: Uint8Array;
}

const MIN_HEAD_BYTES = 8;

interface HeadDisagreement {
  code: 'chain-rewritten' | 'chain-cut-back' | 'no-signed-head';
  message: string;
}

interface HeadCheck {
  /** Heads that stand on the chain. */
  onChain: number;
  disagreements: HeadDisagreement[];
}

/**
 * Holds a chain against signed heads. Those of other drones do not count; when this drone signed some
 * but none for this boot epoch, that is a disagreement too, or a forger had only to change the epoch.
 */
export const checkSignedHeads = (
  flight: FlightInfo,
  links: readonly ChainLink[],
  signedHeads: readonly SignedHead[],
): HeadCheck => {
  const own = signedHeads.filter((signed) => signed.sysid === flight.sysid);
  const ofFlight = own.filter((signed) => signed.bootEpoch === flight.bootEpoch);
  if (own.length > 0 && ofFlight.length === 0) {
    const message = `drone ${flight.sysid} signed ${own.length} heads, none in boot epoch ${flight.bootEpoch}`;
    return { onChain: 0, disagreements: [{ code: 'no-signed-head', message }] };
  }
  const disagreements = ofFlight
    .map((signed) => disagreementWith(links, signed))
    .filter((one) => one !== undefined);
  return { onChain: ofFlight.length - disagreements.length, disagreements };
};

const disagreementWith = (
  links: readonly ChainLink[],
  signed: SignedHead,
): HeadDisagreement | undefined => {
  const link = links[signed.link];
  if (link === undefined) {
    return {
      code: 'chain-cut-back',
      message: `drone ${signed.sysid} signed link ${signed.link}, the chain ends at ${links.length - 1}`,
    };
  }
  const head = Buffer.from(link.head, 'hex');
  const sound =
    signed.head.length >= MIN_HEAD_BYTES &&
    signed.head.length <= head.length &&
    signed.head.every((byte, at) => byte === head[at]);
  if (sound) return undefined;
  return {
    code: 'chain-rewritten',
    message: `link ${signed.link} is not the one that drone ${signed.sysid} signed`,
  };
};
