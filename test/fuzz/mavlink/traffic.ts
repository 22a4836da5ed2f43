import {
  Altitude,
  Attitude,
  AttitudeQuaternion,
  AttitudeTarget,
  BatteryStatus,
  ExtendedSysState,
  GpsRawInt,
  HighresImu,
  HomePosition,
  LocalPositionNed,
  Odometry,
  PositionTargetLocalNed,
  ServoOutputRaw,
  StatusText,
  SysStatus,
  VfrHud,
} from 'mavlink-mappings/dist/lib/common.js';
import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import { GlobalPositionInt } from 'mavlink-mappings/dist/lib/standard.js';
import type { MavLinkData, MavLinkDataConstructor } from 'mavlink-mappings/dist/lib/mavlink.js';
import { Encoder } from '#protocols/mavlink/codec.ts';
import type { Random } from '#protocols/random.ts';

/** What PX4 sends on its onboard link, packets a second (recorded from v1.15 SITL). */
const ONBOARD: readonly (readonly [MavLinkDataConstructor<MavLinkData>, number])[] = [
  [Attitude, 100],
  [HighresImu, 50],
  [AttitudeQuaternion, 50],
  [GlobalPositionInt, 50],
  [LocalPositionNed, 30],
  [Odometry, 30],
  [ServoOutputRaw, 10],
  [Altitude, 10],
  [VfrHud, 10],
  [AttitudeTarget, 10],
  [PositionTargetLocalNed, 10],
  [GpsRawInt, 8],
  [SysStatus, 5],
  [ExtendedSysState, 5],
  [Heartbeat, 1],
  [HomePosition, 1],
  [BatteryStatus, 1],
  [StatusText, 1],
];

const INTEGER_TOP: Readonly<Record<string, number>> = {
  uint8_t: 255,
  uint8_t_mavlink_version: 255,
  int8_t: 127,
  uint16_t: 65_535,
  int16_t: 32_767,
  uint32_t: 4_294_967_295,
  int32_t: 2_147_483_647,
};

const valueOf = (type: string, random: Random): number | bigint => {
  if (type === 'float' || type === 'double') return 50 * random.normal();
  if (type.endsWith('64_t')) return BigInt(Math.floor(random.uniform() * 2 ** 50));
  return Math.floor(random.uniform() * (INTEGER_TOP[type] ?? 0));
};

/** A message with a value of its own in every field. */
const anyMessage = (
  definition: MavLinkDataConstructor<MavLinkData>,
  random: Random,
): MavLinkData => {
  const message = new definition();
  for (const { name, type, length } of definition.FIELDS) {
    const scalar = type.replace('[]', '');
    let value: unknown = valueOf(scalar, random);
    if (type === 'char[]') value = 'abcdefgh'.repeat(7).slice(0, length);
    else if (type.endsWith('[]')) {
      value = Array.from({ length }, () => valueOf(scalar, random));
    }
    Reflect.set(message, name, value);
  }
  return message;
};

/** Packets as one vehicle sends them, kinds mixed in the proportions of its rates. */
export const onboardTraffic = (count: number, random: Random): Uint8Array[] => {
  const encoder = new Encoder(1, 1);
  const total = ONBOARD.reduce((sum, [, rateHz]) => sum + rateHz, 0);
  return Array.from({ length: count }, () => {
    let draw = random.uniform() * total;
    const kind = ONBOARD.find(([, rateHz]) => (draw -= rateHz) < 0) ?? ONBOARD[0]!;
    return Uint8Array.from(encoder.encode(anyMessage(kind[0], random)));
  });
};
