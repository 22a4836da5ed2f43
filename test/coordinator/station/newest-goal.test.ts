import { expect, it } from 'vitest';

import { emptyStation, hear, hearGoal, newestKnownGoal } from '#coordinator/station/fold.ts';
import { storyGoal } from '../../protocols/gossip/mission-story.ts';
import { beaconOf, goalOne } from '../../protocols/gossip/swarm-story.ts';

it('a station counts on from what the drones fly, though it never heard that goal, and from no lie', () => {
  const state = emptyStation();
  const tell = (author: number, epoch: number): void => {
    const header = { author, bootEpoch: 1, sequence: 1, sentMs: 0, receivedMs: 0 };
    const payload = beaconOf(author, { goal: { ...goalOne, epoch } });
    const clock = { clockOffsetMs: 0, clockErrorMs: 0 };
    hear(state, { topic: 'beacon', ...header, ...clock, payload }, () => 'somebody');
  };
  expect(newestKnownGoal(state)).toBeUndefined();
  tell(1, 4);
  expect(newestKnownGoal(state)).toMatchObject({ epoch: 4 });
  hearGoal(state, storyGoal({ ...goalOne, epoch: 6 }, new Uint8Array(0)), 0);
  expect(newestKnownGoal(state)).toMatchObject({ epoch: 6 });
  tell(2, 9);
  tell(3, 2 ** 32 - 1);
  expect(newestKnownGoal(state)).toMatchObject({ epoch: 9 });
});
