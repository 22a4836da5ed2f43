import {
  BatteryStatus,
  EstimatorStatus,
  GpsRawInt,
  HomePosition,
  SysStatus,
} from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData, MavLinkDataConstructor } from 'mavlink-mappings/dist/lib/mavlink.js';
import { GlobalPositionInt } from 'mavlink-mappings/dist/lib/standard.js';
import { TelemetryStore } from '#agent/pilot/estimate/telemetry.ts';
import type { VehicleSnapshot } from '#agent/pilot/preflight/input.ts';
import type { VehicleSession } from '#protocols/mavlink/vehicle-session.ts';

/** Whatever says something of the vehicle; those that a link does not stream are asked for once. */
export const SNAPSHOT_KINDS: readonly MavLinkDataConstructor<MavLinkData>[] = [
  SysStatus,
  GpsRawInt,
  EstimatorStatus,
  BatteryStatus,
  HomePosition,
  GlobalPositionInt,
];

/** The vehicle's own word on the ground, by the same reading of its messages as on board. */
export const snapshotOf = (
  session: Pick<VehicleSession, 'latest' | 'status' | 'nowMs'>,
): VehicleSnapshot => {
  const store = new TelemetryStore();
  for (const kind of SNAPSHOT_KINDS) {
    const heard = session.latest(kind);
    if (heard !== undefined) store.update(heard.message, heard.atMs);
  }
  const { latest } = store;
  const { nowMs } = session;
  const status = session.status();
  const ageMs = (kind: MavLinkDataConstructor<MavLinkData>): number => {
    const heard = session.latest(kind);
    return heard === undefined ? Number.POSITIVE_INFINITY : nowMs - heard.atMs;
  };
  return {
    estimatorAgeMs: ageMs(EstimatorStatus),
    estimatorFlags: latest.estimatorFlags,
    horizontalStdM: latest.estimatorStdM,
    verticalStdM: latest.estimatorHeightStdM,
    gpsAgeMs: ageMs(GpsRawInt),
    gpsFixType: latest.gpsFixType,
    satellites: latest.satellites,
    gpsStdM: latest.gpsStdM,
    batteryRemaining: latest.batteryRemaining,
    batteryVoltageV: latest.batteryVoltageV,
    home: Number.isFinite(latest.homeAtMs) ? { ...latest.home } : undefined,
    homeAgeMs: ageMs(HomePosition),
    global: Number.isFinite(latest.globalAtMs) ? { ...latest.global } : undefined,
    globalAgeMs: ageMs(GlobalPositionInt),
    armed: status.armed,
    mode: status.mode,
    systemStatus: status.systemStatus,
    sensorsEnabled: latest.sensorsEnabled,
    sensorsHealthy: latest.sensorsHealthy,
    readyToArm:
      session.latest(SysStatus) === undefined ? undefined : Number.isFinite(latest.readyAtMs),
  };
};
