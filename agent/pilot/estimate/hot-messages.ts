import {
  Attitude,
  AttitudeTarget,
  CurrentMode,
  LocalPositionNed,
  Odometry,
} from 'mavlink-mappings/dist/lib/common.js';
import { GlobalPositionInt } from 'mavlink-mappings/dist/lib/standard.js';
import { fieldView } from '#protocols/mavlink/field-view.ts';

/** What PX4 streams to the pilot five times a second and more, and only the telemetry reads. */
export const HOT = {
  attitude: fieldView(Attitude),
  attitudeTarget: fieldView(AttitudeTarget),
  currentMode: fieldView(CurrentMode),
  global: fieldView(GlobalPositionInt),
  local: fieldView(LocalPositionNed),
  odometry: fieldView(Odometry),
} as const;

const IDS: ReadonlySet<number> = new Set(Object.values(HOT).map(({ msgid }) => msgid));

/** Such a message is for `TelemetryStore.hear`: nobody needs it decoded. */
export const isHot = (msgid: number): boolean => IDS.has(msgid);
