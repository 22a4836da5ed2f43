import type { LostLinkAction } from '#protocols/gossip/safety-envelope.ts';
import type { GuardAction } from '../action.ts';
import type { Watch } from '../check.ts';

const ACTIONS: Readonly<Record<LostLinkAction, GuardAction>> = {
  continue: 'pass',
  hold: 'hold',
  rtl: 'return',
  land: 'land',
};

/** Lost link is the mission's to say: the signed time without any operator, and what follows. */
export const operatorSilence: Watch = {
  name: 'operator-lost',
  assess: ({ nowMs, operatorHeardMs, limits }) => {
    if (limits === undefined) return 'pass';
    const { lostLinkS, lostLinkAction } = limits.envelope;
    return nowMs - operatorHeardMs > 1000 * lostLinkS ? ACTIONS[lostLinkAction] : 'pass';
  },
};
