import { z } from 'zod';

import { withGroupKey } from '#protocols/gossip/group-key.ts';
import { GROUP_KEY_BYTES } from '#protocols/gossip/sealing.ts';
import { signRoster } from '#protocols/gossip/signed-roster.ts';
import type { Episode } from '../../episode/episode.ts';
import { faultKind, sysid } from '../../faults/fault-kind.ts';
import { between, pick } from '../../faults/draws.ts';
import { shiftBeacon, shiftIntent } from '../false-motion.ts';
import { rewriteBundle } from '../forger.ts';
import { Insider } from '../insider.ts';

const AWAY = { northM: 15, eastM: 10, northMps: 0, eastMps: 0 };

/**
 * Somebody speaks with a drone's key. After a while the authority signs a roster without it, which the
 * operator brings into the swarm; the thief goes on all the same.
 */
export const STOLEN_KEY = faultKind(
  'stolen-key',
  { sysid, revokeAfterMs: z.int().min(0).max(600_000) },
  {
    draw: ({ sysids }, random) => ({
      sysid: pick(sysids, random),
      revokeAfterMs: between(1000, 15_000, random),
    }),
    begin: ({ sysid: id, atMs, revokeAfterMs }, { episode }) => {
      if (episode.drone(id) === undefined) return undefined;
      const insider = new Insider(episode, id);
      insider.voice.distort((bundle) =>
        rewriteBundle(bundle, insider.sign, (envelope) => {
          insider.truth.messages += 1;
          return shiftIntent(envelope, AWAY) ?? shiftBeacon(envelope, AWAY);
        }),
      );
      let isRevoked = false;
      return {
        step: (nowMs) => {
          if (isRevoked || nowMs < atMs + revokeAfterMs) return;
          isRevoked = true;
          revoke(episode, id);
        },
      };
    },
  },
);

/** Of a simulated authority: any key that the epoch before did not have. */
const groupKeyOf = (epoch: number): Uint8Array =>
  new Uint8Array(GROUP_KEY_BYTES).fill(epoch & 0xff);

/** Signs the next roster without this member and those that were left out before. */
const revoke = ({ attacks, identities, nowMs, operator }: Episode, member: number): void => {
  const { authority, roster } = identities;
  const gone = new Set([...attacks.revocations.map((one) => one.member), member]);
  const epoch = roster.epoch + attacks.revocations.length + 1;
  const members = roster.members.filter(({ id }) => !gone.has(id));
  attacks.revocations.push({ member, epoch, atMs: nowMs });
  const next = withGroupKey({ ...roster, epoch, members }, authority, groupKeyOf(epoch));
  operator.introduceRoster(signRoster(next, authority.sign));
};
