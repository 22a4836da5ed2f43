import { setTimeout as sleep } from 'node:timers/promises';

import { SysStatus } from 'mavlink-mappings/dist/lib/common.js';

import { EXIT, Fault } from '#protocols/fault.ts';
import { PREARM_CHECK_BIT } from '#protocols/mavlink/modes.ts';
import { velocitySetpoint } from '#protocols/mavlink/setpoint.ts';
import { setModeCommand } from '#protocols/mavlink/vehicle-command.ts';
import type { VehicleSession } from '#protocols/mavlink/vehicle-session.ts';
import { vector3 } from '#protocols/vector.ts';
import type { Context } from './context.ts';

/** 20 Hz. */
const SETPOINT_MS = 50;

/** SYS_STATUS, by which both changes show, comes five times a second, on a ground station's link once. */
const SHOWS_WITHIN_MS = 4000;

const REST = vector3(0, 0, 0);

/**
 * `skein vehicle offboard-check`: whether setpoints arrive and their loss is noticed, on a vehicle that
 * stays disarmed. Selects OFFBOARD, streams rest, stops, and reads PX4's word on it: in OFFBOARD it
 * says "ready to arm" only while the stream is alive. Ends in Hold. Throws the Faults
 * `offboard-refused`, `offboard-stream-unseen` and `offboard-loss-unseen` (exit failed).
 */
export const runOffboardCheck = async (
  context: Context,
  session: VehicleSession,
): Promise<number> => {
  const lossS = (await session.parameter('COM_OF_LOSS_T'))?.value ?? Number.NaN;
  try {
    await selectOffboard(session);
    const seenMs = await streamUntilSeen(session);
    const lostMs = await waitUntilLost(session, lossS);
    const facts = { sysid: session.vehicle.sysid, seenMs, lostMs, lossTimeS: lossS };
    context.output.data(
      facts,
      () =>
        `setpoints seen within ${Math.round(seenMs)} ms; their loss shown ${Math.round(lostMs)} ms ` +
        `after the last one (COM_OF_LOSS_T ${lossS} s)`,
    );
    return EXIT.ok;
  } finally {
    await session.command(setModeCommand('AUTO_LOITER'));
  }
};

const selectOffboard = async (session: VehicleSession): Promise<void> => {
  const { result } = await session.command(setModeCommand('OFFBOARD'));
  if (result === 'accepted') return;
  throw new Fault('offboard-refused', `the vehicle did not select OFFBOARD: ${result}`, {
    data: { result },
    remedy: 'Check that no radio holds the mode, and that the estimator has aligned.',
  });
};

/** Undefined while nothing newer than `sinceMs` has been said of it. */
const streamAlive = (session: VehicleSession, sinceMs: number): boolean | undefined => {
  const heard = session.latest(SysStatus);
  if (heard === undefined || heard.atMs <= sinceMs) return undefined;
  return (heard.message.onboardControlSensorsHealth & PREARM_CHECK_BIT) !== 0;
};

const requireDisarmed = (session: VehicleSession): void => {
  if (!session.status().armed) return;
  throw new Fault('vehicle-armed', 'somebody armed the vehicle: the check ends', {
    exit: 'refused',
    remedy: 'Disarm it, and take the propellers off.',
  });
};

const streamUntilSeen = async (session: VehicleSession): Promise<number> => {
  const beganMs = session.nowMs;
  while (session.nowMs - beganMs < SHOWS_WITHIN_MS) {
    requireDisarmed(session);
    session.send(velocitySetpoint(session.vehicle, REST, { yawRateRadps: 0 }, session.nowMs));
    await sleep(SETPOINT_MS);
    if (streamAlive(session, beganMs) === true) return session.nowMs - beganMs;
  }
  throw new Fault('offboard-stream-unseen', 'PX4 took no notice of the setpoints', {
    remedy:
      'See that "skein preflight" has it ready in Hold, and that the link carries packets to the vehicle.',
  });
};

const waitUntilLost = async (session: VehicleSession, lossS: number): Promise<number> => {
  const lastMs = session.nowMs;
  const limitMs = SHOWS_WITHIN_MS + 1000 * (Number.isFinite(lossS) ? lossS : 1);
  while (session.nowMs - lastMs < limitMs) {
    requireDisarmed(session);
    await sleep(SETPOINT_MS);
    if (streamAlive(session, lastMs) === false) return session.nowMs - lastMs;
  }
  throw new Fault('offboard-loss-unseen', 'PX4 did not notice that the setpoints stopped', {
    remedy: 'Set COM_OF_LOSS_T to 1, and see that no other program streams setpoints.',
  });
};
