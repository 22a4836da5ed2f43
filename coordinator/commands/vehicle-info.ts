import { AutopilotVersion } from 'mavlink-mappings/dist/lib/standard.js';
import type { MavLinkData, MavLinkDataConstructor } from 'mavlink-mappings/dist/lib/mavlink.js';
import {
  EstimatorStatus,
  ExtendedSysState,
  GpsRawInt,
  MavCmd,
  SysStatus,
} from 'mavlink-mappings/dist/lib/common.js';

import { EXIT, Fault } from '#protocols/fault.ts';
import { landedStateOf, PREARM_CHECK_BIT } from '#protocols/mavlink/modes.ts';
import { softwareVersionOf } from '#protocols/mavlink/software-version.ts';
import type { VehicleSession } from '#protocols/mavlink/vehicle-session.ts';
import type { Context } from './context.ts';

/** Streams of 1 Hz and faster have shown themselves by then. */
const LISTEN_MS = 1200;

const FIX_NAMES = ['no GPS', 'no fix', '2D', '3D', 'DGPS', 'RTK float', 'RTK fixed'];

const heard = async <T extends MavLinkData>(
  session: VehicleSession,
  kind: MavLinkDataConstructor<T>,
): Promise<T | undefined> => session.latest(kind)?.message ?? session.next(kind, LISTEN_MS);

/** What a vehicle says of itself, once. */
export const runVehicleInfo = async (
  context: Context,
  session: VehicleSession,
): Promise<number> => {
  const { vehicle } = session;
  const reported = await session.request(AutopilotVersion);
  const version = reported === undefined ? undefined : softwareVersionOf(reported);
  const [system, gps, landed, estimator] = await Promise.all([
    heard(session, SysStatus),
    heard(session, GpsRawInt),
    heard(session, ExtendedSysState),
    heard(session, EstimatorStatus).then((message) => message ?? session.request(EstimatorStatus)),
  ]);
  const status = session.status();
  const report = await session.armingReport();
  const blocking = status.mode === undefined ? [] : report.blocking(status.mode);
  const clock = session.clockOffset;
  const info = {
    sysid: vehicle.sysid,
    autopilot: 'PX4',
    version: version?.text ?? null,
    gitHash: version?.gitHash ?? null,
    mode: status.mode ?? `0x${status.customMode.toString(16)}`,
    armed: status.armed,
    landedState: landed === undefined ? null : landedStateOf(landed.landedState),
    readyToArm:
      system === undefined ? null : (system.onboardControlSensorsHealth & PREARM_CHECK_BIT) !== 0,
    keepsFromArming: report.checks === undefined ? null : blocking.join('; ') || 'nothing',
    batteryVolts: system === undefined ? null : system.voltageBattery / 1000,
    batteryPercent: system === undefined ? null : system.batteryRemaining,
    gpsFix: gps === undefined ? null : (FIX_NAMES[gps.fixType] ?? String(gps.fixType)),
    satellites: gps?.satellitesVisible ?? null,
    estimatorFlags: estimator?.flags ?? null,
    linkQuality: status.linkQuality,
    roundTripMs: clock === undefined ? null : Math.round(clock.roundTripMs),
  };
  context.output.data(info, () =>
    context.output.table(
      ['', ''],
      Object.entries(info).map(([name, value]) => [name, value === null ? '–' : String(value)]),
    ),
  );
  return EXIT.ok;
};

const REBOOT_AUTOPILOT = 1;

/** Restarts the flight controller. PX4 denies it while armed. Throws the Fault `command-refused`. */
export const runVehicleReboot = async (
  context: Context,
  session: VehicleSession,
): Promise<number> => {
  const outcome = await session.command({
    command: MavCmd.PREFLIGHT_REBOOT_SHUTDOWN,
    params: [REBOOT_AUTOPILOT],
  });
  // A vehicle that restarts at once may not get its answer out.
  if (outcome.result !== 'accepted' && outcome.result !== 'timeout') {
    const words = outcome.remarks.length === 0 ? outcome.result : outcome.remarks.join('; ');
    throw new Fault('command-refused', `the vehicle refused to restart: ${words}`, {
      exit: 'refused',
      data: { result: outcome.result },
      remedy: 'Land and disarm it first.',
    });
  }
  context.output.data({ sysid: session.vehicle.sysid, reboot: outcome.result }, () =>
    outcome.result === 'accepted' ? 'restarting' : 'asked to restart; no answer came',
  );
  return EXIT.ok;
};
