import { z } from 'zod';

import { ATTACKS } from '../attackers/attacks.ts';
import {
  CAMERA,
  CLOCK,
  DISK_FULL,
  KILL,
  LOST_COMPANION,
  POWER,
  SKEW,
  SLOW_RESTART,
  STALL,
} from './kinds/companion.ts';
import { MOTOR, PAYLOAD, WIND } from './kinds/flight.ts';
import { GNSS_DRIFT, GNSS_STEP } from './kinds/gnss-spoof.ts';
import { ASYMMETRIC, DEAF, FADE, JAMMER, LATENCY, PARTITION, SPLIT } from './kinds/radio.ts';
import { ACCELEROMETER, BAROMETER, MAGNETOMETER, RANGE } from './kinds/sensors.ts';
import { SWIZZLE } from './kinds/swizzle.ts';
import { BATTERY, ESTIMATOR, GNSS, REBOOT, SERIAL_NOISE } from './kinds/vehicle.ts';
import type { FaultKind } from './fault-kind.ts';

/** Every kind of fault that a schedule may name. A new kind is a line here and a definition in `kinds/`. */
const KINDS = [
  KILL,
  LOST_COMPANION,
  STALL,
  CAMERA,
  CLOCK,
  GNSS,
  BATTERY,
  REBOOT,
  ESTIMATOR,
  PARTITION,
  DEAF,
  FADE,
  JAMMER,
  SWIZZLE,
  GNSS_STEP,
  GNSS_DRIFT,
  BAROMETER,
  MAGNETOMETER,
  ACCELEROMETER,
  RANGE,
  WIND,
  PAYLOAD,
  MOTOR,
  SLOW_RESTART,
  POWER,
  DISK_FULL,
  SKEW,
  ASYMMETRIC,
  LATENCY,
  SPLIT,
  SERIAL_NOISE,
  ...ATTACKS,
] as const;

/** What befalls a swarm, and when; simulated ms since the start of the episode. */
export type Fault = z.infer<(typeof KINDS)[number]['schema']>;
export type FaultName = Fault['kind'];

const [first, ...rest] = KINDS.map(({ schema }) => schema);

/** Strict: an unknown kind, field or unit is refused. */
export const faultSchema: z.ZodType<Fault> = z.discriminatedUnion('kind', [first!, ...rest]);

/** A whole schedule, as scenario files have it. */
export const faultListSchema = z.array(faultSchema).max(1000);

const nameOf = ({ schema }: (typeof KINDS)[number]): FaultName => schema.shape.kind.value;

const BY_NAME = new Map(KINDS.map((kind) => [nameOf(kind), kind]));

export const FAULT_KINDS: readonly FaultName[] = [...BY_NAME.keys()];

/** The definition of a kind; what it draws and begins is its own fault. */
export const kindNamed = (name: FaultName): FaultKind => BY_NAME.get(name) as unknown as FaultKind;

/** When the fault is over, as far as it ends by itself; until then links may be anything. */
export const endOf = (fault: Fault): number => fault.atMs + ('forMs' in fault ? fault.forMs : 0);

/** One line for a person: `12.4 s kill sysid 2, process "mind"`. */
export const faultInWords = (fault: Fault): string => {
  const { atMs, kind, ...others } = fault;
  const details = Object.entries(others).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return `${(atMs / 1000).toFixed(1)} s ${kind} ${details.join(', ')}`;
};
