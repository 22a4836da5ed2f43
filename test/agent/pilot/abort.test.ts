import { describe, expect, test } from 'vitest';

import { vector3 } from '#protocols/vector.ts';
import { airborne, type Sortie } from './sortie.ts';

/** A mind that never gives up: ever newer orders to fly. */
const eager = (sortie: Sortie): void => {
  let number = 100;
  sortie.mind = (one) => {
    number += 1;
    one.order('fly', number);
    one.plan(vector3(2, 0, 0));
    one.hearMesh();
  };
};

const abort = (sortie: Sortie): void => sortie.envelopeBytes(sortie.operator.directive('abort'));

describe('an abort wins', () => {
  test('over a goal that was signed before it and is heard after it', () => {
    const sortie = airborne();
    const { goalId } = sortie.envelope;
    sortie.envelope.goalId = { ...goalId, epoch: goalId.epoch + 1 };
    const earlier = sortie.operator.safety(sortie.envelope);
    abort(sortie);
    sortie.run(1);
    sortie.envelopeBytes(earlier);
    eager(sortie);
    sortie.run(4);
    expect([sortie.value('latched'), sortie.mode]).toEqual([1, 'AUTO_RTL']);
    sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
    sortie.until(() => sortie.phase === 'offboard', 5);
  });
});
