import { Fault } from '../fault.ts';
import type { Roster } from './roster.ts';
import { authorityOf, openRoster } from './signed-roster.ts';
import type { Verify } from './signing.ts';

/** Whom a member believes when it starts, and by which roster it goes. */
export interface StartingTrust {
  authorityKey: Uint8Array;
  signedRoster: Uint8Array;
  roster: Roster;
}

/** What a process of this member's left behind. */
export interface FormerTrust {
  authorityKey: Uint8Array;
  signedRoster?: Uint8Array | undefined;
}

/**
 * The newer of the installed roster and the one that was in force when the member ended. Whoever has
 * followed a change of authority is not brought back by an old file or an old configuration. Throws the
 * faults of {@link openRoster} when neither opens, as the installed one has them.
 */
export const startingTrust = (
  rootKey: Uint8Array,
  installed: Uint8Array,
  former: FormerTrust | undefined,
  verify: Verify,
): StartingTrust => {
  const trusted = former?.authorityKey ?? rootKey;
  const open = (signedRoster: Uint8Array): StartingTrust => {
    const roster = openRoster(signedRoster, trusted, verify);
    return { roster, signedRoster, authorityKey: authorityOf(roster, trusted) };
  };
  let kept: StartingTrust | undefined;
  try {
    kept = former?.signedRoster === undefined ? undefined : open(former.signedRoster);
  } catch (error) {
    // The file of a process is as foreign as a peer.
    if (!(error instanceof Fault)) throw error;
  }
  if (kept === undefined) return open(installed);
  let fresh: StartingTrust;
  try {
    fresh = open(installed);
  } catch (error) {
    if (error instanceof Fault) return kept;
    throw error;
  }
  const isOther = fresh.roster.swarm !== kept.roster.swarm;
  return isOther || fresh.roster.epoch >= kept.roster.epoch ? fresh : kept;
};
