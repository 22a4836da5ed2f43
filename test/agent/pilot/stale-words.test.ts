import { BatteryStatus, EstimatorStatus, SysStatus } from 'mavlink-mappings/dist/lib/common.js';
import { describe, expect, test } from 'vitest';

import { decode, Encoder } from '#protocols/mavlink/codec.ts';
import { Framer, type Frame } from '#protocols/mavlink/framer.ts';
import { vector3 } from '#protocols/vector.ts';
import { airborne, Sortie } from './sortie.ts';

const encoder = new Encoder(1, 1);

const framed = (message: Parameters<Encoder['encode']>[0]): Frame => {
  const framer = new Framer();
  framer.push(encoder.encode(message));
  return framer.next()!;
};

type Message = ReturnType<typeof decode>;

const onTheWay = (sortie: Sortie, change: (message: Message) => Message | 'lost'): void => {
  sortie.onTheWay = (frame) => {
    const message = decode(frame);
    const changed = change(message);
    if (changed === 'lost') return undefined;
    return changed === undefined || changed === message ? frame : framed(changed);
  };
};

/** Not emptied in this flight: its rate is not known yet. */
const halfEmpty = (sortie: Sortie): void => {
  sortie.vehicle.injure({ kind: 'battery', remaining: 0.5 });
  const { discharge } = sortie.pilot;
  for (let tick = 0; tick < 150; tick += 1) {
    sortie.tick();
    discharge.restart();
  }
};

describe('a battery', () => {
  test('of which nothing is heard any more is taken to empty, and brings the drone home', () => {
    const sortie = airborne();
    halfEmpty(sortie);
    expect(sortie.phase).toBe('offboard');
    onTheWay(sortie, (message) =>
      message instanceof SysStatus || message instanceof BatteryStatus ? 'lost' : message,
    );
    sortie.until(() => sortie.phase === 'returning', 180);
    expect(sortie.status?.reason).toBe('battery');
  });

  test('whose charge the autopilot no longer knows does the same', () => {
    const sortie = airborne();
    halfEmpty(sortie);
    onTheWay(sortie, (message) => {
      if (!(message instanceof SysStatus || message instanceof BatteryStatus)) return message;
      return Object.assign(Object.create(message) as typeof message, message, {
        batteryRemaining: -1,
      });
    });
    sortie.until(() => sortie.phase === 'returning', 180);
    expect(sortie.status?.reason).toBe('battery');
  });

  test('beside a fuller one is the one that counts', () => {
    const sortie = airborne();
    onTheWay(sortie, (message) => {
      // PX4 tells of the emptier pack in SYS_STATUS, and of each by itself.
      if (!(message instanceof SysStatus)) return message;
      return Object.assign(Object.create(message) as SysStatus, message, { batteryRemaining: 12 });
    });
    sortie.until(() => ['returning', 'landing'].includes(sortie.phase), 8);
    expect(sortie.status?.reason).toBe('battery');
  });

  test('heard of long ago arms nothing', () => {
    const sortie = new Sortie();
    sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
    sortie.mind = (one) => one.hearMesh();
    sortie.run(20);
    onTheWay(sortie, (message) => {
      if (!(message instanceof SysStatus || message instanceof BatteryStatus)) return message;
      return Object.assign(Object.create(message) as typeof message, message, {
        batteryRemaining: -1,
      });
    });
    sortie.run(12);
    sortie.mind = (one) => {
      one.order('fly', 1);
      one.plan(vector3(0, 0, 0));
      one.hearMesh();
    };
    sortie.run(8);
    expect(sortie.vehicle.autopilot.commander.armed).toBe(false);
    expect(sortie.status?.reason).toBe('battery: charge not known');
  });
});

test('PX4’s word that it would arm counts for as long as it is said', () => {
  const sortie = new Sortie();
  sortie.envelopeBytes(sortie.operator.safety(sortie.envelope));
  sortie.mind = (one) => one.hearMesh();
  sortie.run(20);
  onTheWay(sortie, (message) => (message instanceof SysStatus ? 'lost' : message));
  sortie.run(4);
  sortie.mind = (one) => {
    one.order('fly', 1);
    one.plan(vector3(0, 0, 0));
    one.hearMesh();
  };
  sortie.run(8);
  expect(sortie.vehicle.autopilot.commander.armed).toBe(false);
  sortie.onTheWay = (frame) => frame;
  sortie.until(() => sortie.phase === 'takeoff', 30);
});

describe('an estimator', () => {
  test('that says it knows nothing at all is believed', () => {
    const sortie = airborne(vector3(1, 0, 0));
    onTheWay(sortie, (message) => {
      if (!(message instanceof EstimatorStatus)) return message;
      return Object.assign(Object.create(message) as EstimatorStatus, message, { flags: 0 });
    });
    sortie.run(2);
    expect(sortie.pilot.situation.estimate.valid).toBe(false);
  });

  test('that said so and then fell silent is believed until it says otherwise', () => {
    const sortie = airborne(vector3(1, 0, 0));
    onTheWay(sortie, (message) => {
      if (!(message instanceof EstimatorStatus)) return message;
      return Object.assign(Object.create(message) as EstimatorStatus, message, { flags: 0xe4 });
    });
    sortie.run(2);
    onTheWay(sortie, (message) => (message instanceof EstimatorStatus ? 'lost' : message));
    sortie.run(6);
    expect(sortie.pilot.situation.estimate.valid).toBe(false);
    expect(['landing', 'landed']).toContain(sortie.phase);
  });
});
