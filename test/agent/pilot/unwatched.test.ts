import {
  CommandLong,
  ExtendedSysState,
  MavCmd,
  PositionTargetTypemask,
  SetPositionTargetLocalNed,
} from 'mavlink-mappings/dist/lib/common.js';
import { describe, expect, test } from 'vitest';

import { sentPackets } from '#agent/pilot/inbox.ts';
import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { encodeTrajectory } from '#protocols/channel/trajectory-codec.ts';
import { decode } from '#protocols/mavlink/codec.ts';
import type { Frame } from '#protocols/mavlink/framer.ts';
import { killCommand } from '#protocols/mavlink/vehicle-command.ts';
import { vector3 } from '#protocols/vector.ts';
import { stationSays } from './second-client.ts';
import { airborne, straightPlan, type Sortie } from './sortie.ts';

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

const armsSince = (sortie: Sortie, sinceMs: number): number =>
  sortie.sent.filter(({ nowMs, frame }) => {
    const message = nowMs > sinceMs ? decode(frame) : undefined;
    return (
      message instanceof CommandLong &&
      message.command === MavCmd.COMPONENT_ARM_DISARM &&
      message._param1 === 1
    );
  }).length;

/** Why it stays down under orders to fly; until an operator's resume. */
const whyDown = (sortie: Sortie): string => {
  const sinceMs = sortie.nowMs;
  eager(sortie);
  sortie.run(20);
  if (armsSince(sortie, sinceMs) > 0) return 'it was armed';
  const why = sortie.status!.reason;
  sortie.envelopeBytes(sortie.operator.directive('resume'));
  sortie.until(() => sortie.phase === 'takeoff', 20);
  return why;
};

const landed = (): Sortie => {
  const sortie = airborne();
  sortie.mind = (one) => {
    one.order('land', 50);
    one.hearMesh();
  };
  sortie.until(() => sortie.phase === 'landed', 60);
  return sortie;
};

const REBOOTED = /taken away \(flight controller rebooted\)/u;

describe('a flight controller that began anew while nobody could see its clock', () => {
  test('is recognised though its new clock is beyond the old one', () => {
    const sortie = landed();
    sortie.downlink = false;
    sortie.run(1);
    sortie.vehicle.injure({ kind: 'reboot' });
    sortie.run((sortie.nowMs - sortie.startMs) / 1000 + 5);
    sortie.downlink = true;
    sortie.run(0.5);
    expect(whyDown(sortie)).toMatch(REBOOTED);
  });

  test('is recognised though its first word is a HEARTBEAT, which tells no time', () => {
    const sortie = landed();
    sortie.killPilot();
    sortie.vehicle.injure({ kind: 'reboot' });
    sortie.run(8);
    sortie.restartPilot();
    sortie.onTheWay = (frame: Frame) => (frame.msgid === 0 ? frame : undefined);
    sortie.until(() => sortie.phase === 'landed' || sortie.phase === 'standby', 4);
    sortie.onTheWay = (frame) => frame;
    sortie.run(0.5);
    expect(whyDown(sortie)).toMatch(REBOOTED);
  });

  test('is recognised after the companion began anew as well', () => {
    const sortie = landed();
    sortie.killPilot();
    // Both lose their power: the companion's monotonic clock begins anew too.
    const offMs = sortie.nowMs;
    sortie.vehicle.injure({ kind: 'reboot' });
    const { controller } = sortie.memory!.flight;
    sortie.run(controller!.bootMs / 1000 + 15);
    sortie.memory!.flight.controller = {
      ...controller!,
      atMs: sortie.nowMs + (controller!.atMs - offMs) + 60_000,
    };
    sortie.restartPilot();
    sortie.run(2);
    expect(whyDown(sortie)).toMatch(REBOOTED);
  });

  test('a link that is silent for a minute is no reboot', () => {
    const sortie = airborne();
    sortie.downlink = false;
    sortie.uplink = false;
    sortie.run(8);
    sortie.downlink = true;
    sortie.uplink = true;
    sortie.until(() => sortie.phase === 'offboard', 8);
    expect(sortie.pilot.core.memory.lostBy).toBe('');
  });
});

test('a new pilot process holds the heading that it finds, not north until it has heard of one', () => {
  const sortie = airborne();
  let planId = 1000;
  sortie.mind = (one) => {
    planId += 1;
    const plan = straightPlan(planId, one.nowMs, vector3(0, 0, 0));
    plan.yawRad.fill(2);
    one.order('fly', 1);
    one.say(MESSAGE_TYPE.trajectory, encodeTrajectory(plan));
    one.hearMesh();
  };
  sortie.run(8);
  sortie.mind = undefined;
  expect(sortie.value('yawRad')).toBeCloseTo(2, 1);
  sortie.killPilot();
  sortie.run(0.3);
  sortie.restartPilot();
  const restartMs = sortie.nowMs;
  const ATTITUDE = 30;
  sortie.onTheWay = (frame) =>
    frame.msgid === ATTITUDE && sortie.nowMs < restartMs + 200 ? undefined : frame;
  sortie.run(1);
  const headings = sortie.recorded
    .flatMap(({ outbox }) => sentPackets(outbox))
    .flatMap((frame) => {
      const message = decode(frame);
      if (!(message instanceof SetPositionTargetLocalNed)) return [];
      const { typeMask, yaw, yawRate } = message;
      return [(typeMask & PositionTargetTypemask.YAW_IGNORE) === 0 ? yaw : 2 + yawRate];
    });
  expect(headings.length).toBeGreaterThan(40);
  expect(Math.min(...headings)).toBeGreaterThan(1.9);
  expect(Math.max(...headings)).toBeLessThan(2.1);
});

describe('motors that stopped while nobody watched', () => {
  test('before a new pilot process looked, are not started again by themselves', () => {
    const sortie = airborne();
    sortie.killPilot();
    stationSays(sortie, killCommand());
    sortie.run(3);
    sortie.restartPilot();
    sortie.run(1.5);
    expect(whyDown(sortie)).toMatch(/taken away \(motors stopped unseen\)/u);
  });

  test('with a landed state from before the take-off, count as stopped by another', () => {
    const sortie = airborne(vector3(0, 0, 0), {}, (one) => {
      // From the ground on nobody hears whether it stands.
      one.onTheWay = (frame) => (decode(frame) instanceof ExtendedSysState ? undefined : frame);
    });
    sortie.pilot.telemetry.latest.landed = 'ON_GROUND';
    sortie.run(3);
    stationSays(sortie, killCommand());
    sortie.until(() => sortie.phase === 'landed', 3);
    expect(whyDown(sortie)).toMatch(/taken away \(motors stopped by another\)/u);
  });
});
