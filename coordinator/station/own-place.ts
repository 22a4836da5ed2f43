import { Fault } from '#protocols/fault.ts';
import type { AdmissionState } from '#protocols/gossip/admit.ts';
import { memberById } from '#protocols/gossip/roster.ts';
import { openNextRoster } from '#protocols/gossip/signed-roster.ts';

/**
 * Throws Fault 'roster-without-station' when a roster would shut out the station that is to spread it,
 * and the faults of {@link openNextRoster}.
 */
export const requireOwnPlace = (state: AdmissionState, signedRoster: Uint8Array): void => {
  const roster = openNextRoster(signedRoster, state);
  const { self, members } = state;
  const mine = memberById(roster, self)?.publicKey.join();
  if (mine !== undefined && mine === members.get(self)?.publicKey.join()) return;
  throw new Fault('roster-without-station', 'this roster shuts out the station that spreads it', {
    data: { member: self, epoch: roster.epoch },
    remedy:
      'Publish it through the station of another operator, or with --leave: this station then ends its part.',
    exit: 'refused',
  });
};
