import type { Watch } from '../check.ts';

/** Without a trajectory that covers this moment the drone stays where it is. */
export const planAge: Watch = {
  name: 'plan-stale',
  assess: ({ planFresh }) => (planFresh ? 'pass' : 'hold'),
};
