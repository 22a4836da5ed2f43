import { sha256 } from '#protocols/gossip/digest.ts';
import { encodePayload } from '#protocols/gossip/codec.ts';
import type { Release } from '#protocols/gossip/release.ts';
import { faultKind, sysid } from '../../faults/fault-kind.ts';
import { pick } from '../../faults/draws.ts';
import { forgeEnvelope } from '../forger.ts';
import { Insider } from '../insider.ts';

const NAME = 'quad';
const NEW_VERSION = 7;
const OLD_VERSION = 3;
const LATER_MS = 3000;
const EVERY_MS = 500;

const releaseOf = (version: number): Release => ({
  name: NAME,
  version,
  piecesSha256: Uint8Array.from(sha256(Uint8Array.of(version))),
  bytes: 1000 + version,
});

/**
 * After a new model was announced, an older one is: by a drone, which may not; and by a station that was
 * taken over, under a true operator's key and with a newer number.
 */
export const ROLLBACK = faultKind(
  'rollback',
  { sysid },
  {
    draw: ({ sysids }, random) => ({ sysid: pick(sysids, random) }),
    begin: ({ sysid: id, atMs }, { episode }) => {
      if (episode.drone(id) === undefined) return undefined;
      const insider = new Insider(episode, id);
      episode.operator.publish({ topic: 'release', payload: releaseOf(NEW_VERSION) });
      const old = encodePayload('release', releaseOf(OLD_VERSION));
      let dueMs = atMs + LATER_MS;
      let isTold = false;
      return {
        step: (nowMs) => {
          if (nowMs < dueMs) return;
          dueMs += EVERY_MS;
          const header = insider.forger.header('release', id, insider.bootEpoch);
          insider.say(forgeEnvelope(header, old, insider.sign), true);
          if (isTold) return;
          isTold = true;
          const word = episode.operator.forge('release', old);
          insider.say(word, true);
        },
      };
    },
  },
);
