import type { Watch } from '../check.ts';

/** An operator's hold directive, until the resume. */
export const operatorHold: Watch = {
  name: 'operator-hold',
  assess: ({ operatorHold: held }) => (held ? 'hold' : 'pass'),
};
