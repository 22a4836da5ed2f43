import { Fault } from '#protocols/fault.ts';

import { whyNoNetwork } from '../../net/requirements.ts';
import type { Bench, Figure } from '../bench.ts';
import { abortPart } from './abort.ts';
import { costPart } from './cost.ts';
import { cutsPart } from './cuts.ts';
import { floodPart } from './flood.ts';
import { healLongPart, healPart } from './heal.ts';
import { lossyPart } from './lossy.ts';
import { narrowPart } from './narrow.ts';
import type { Part } from './parts.ts';
import { rebootPart } from './reboot.ts';
import { revokePart } from './revoke.ts';
import { soakPart } from './soak.ts';
import { strangerPart } from './stranger.ts';

const PARTS: Readonly<Record<string, Part>> = {
  cost: costPart,
  lossy: lossyPart,
  heal: healPart,
  abort: abortPart,
  reboot: rebootPart,
  narrow: narrowPart,
  cuts: cutsPart,
  healLong: healLongPart,
  stranger: strangerPart,
  revoke: revokePart,
  flood: floodPart,
  soak: soakPart,
};

/** Real processes, real packets: every member on a host of its own (test/net), the last seed counts. */
export const meshBench: Bench = {
  about: 'six drones and an operator as processes on a lossy network, beside stock gossipsub',
  seeds: [1, 1],
  run: async ({ short, seeds, only, minutes, tell }) => {
    const why = whyNoNetwork();
    if (why !== undefined) {
      throw new Fault('bench-no-network', `the mesh cannot be measured here: ${why}`, {
        remedy: 'Run it as root on Linux, with iproute2 and nftables installed.',
        exit: 'usage',
      });
    }
    const names = only.length > 0 ? only : Object.keys(PARTS);
    const unknown = names.find((name) => PARTS[name] === undefined);
    if (unknown !== undefined) {
      throw new Fault('bench-part-unknown', `the mesh bench has no part ${unknown}`, {
        remedy: `Choose of: ${Object.keys(PARTS).join(', ')}.`,
        exit: 'usage',
      });
    }
    const figures: Record<string, Figure> = {};
    for (const seed of seeds) {
      for (const name of names) {
        const told = (line: string): void => tell(`${name}: ${line}`);
        Object.assign(figures, await PARTS[name]!({ short, seed, minutes, tell: told }));
      }
    }
    return figures;
  },
};
