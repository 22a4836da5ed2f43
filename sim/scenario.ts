import { z } from 'zod';

const metres = z.number().finite();
const sysid = z.int().min(1).max(250);

export const MAX_OBSTACLES = 2000;

export const windSchema = z
  .strictObject({
    meanNorthMps: z.number().min(-30).max(30),
    meanEastMps: z.number().min(-30).max(30),
    meanDownMps: z.number().min(-5).max(5),
    turbulenceMps: z.number().min(0).max(10),
    verticalTurbulenceMps: z.number().min(0).max(5),
    turbulenceLengthM: z.number().min(1).max(1000),
    gustsPerMinute: z.number().min(0).max(30),
    gustMps: z.number().min(0).max(20),
    gustS: z.number().min(0.5).max(30),
  })
  .partial();

/** A standing cylinder of air, mission NED. */
const columnShape = {
  northM: metres,
  eastM: metres,
  radiusM: z.number().positive().max(100_000),
  /** Heights above the origin between which it holds. */
  fromHeightM: z.number().min(-1000).max(10_000).default(-1000),
  toHeightM: z.number().min(-1000).max(10_000).default(10_000),
};

export const noGnssZoneSchema = z.strictObject(columnShape);

/** How the mean wind differs from place to place; turbulence and gusts come on top, everywhere alike. */
export const windFieldSchema = z.strictObject({
  /**
   * The mean grows with height as (height / 10 m) ^ exponent, the power law of the surface layer: about
   * 0.14 over open land, 0.3 over a town; 0 is the same at all heights.
   */
  shearExponent: z.number().min(0).max(1).default(0),
  /** In these the mean is changed by so much: lees, thermals, streets of buildings. The border is soft. */
  zones: z
    .array(
      z.strictObject({
        ...columnShape,
        northMps: z.number().min(-30).max(30).default(0),
        eastMps: z.number().min(-30).max(30).default(0),
        downMps: z.number().min(-5).max(5).default(0),
      }),
    )
    .max(100)
    .default([]),
});

export const cylinderSchema = z.strictObject({
  kind: z.literal('cylinder'),
  northM: metres,
  eastM: metres,
  radiusM: z.number().positive().max(200),
  heightM: z.number().positive().max(500),
});

export const boxSchema = z.strictObject({
  kind: z.literal('box'),
  northM: metres,
  eastM: metres,
  lengthNorthM: z.number().positive().max(1000),
  lengthEastM: z.number().positive().max(1000),
  heightM: z.number().positive().max(500),
});

export const batterySchema = z
  .strictObject({
    capacityAh: z.number().positive().max(100),
    cells: z.int().min(1).max(14),
    internalResistanceOhm: z.number().min(0).max(1),
    initialCharge: z.number().min(0).max(1),
    avionicsW: z.number().min(0).max(500),
    powerFactor: z.number().positive().max(100),
  })
  .partial();

export const physicsSchema = z
  .strictObject({
    massKg: z.number().min(0.1).max(20),
    inertiaXxKgM2: z.number().positive().max(5),
    inertiaYyKgM2: z.number().positive().max(5),
    inertiaZzKgM2: z.number().positive().max(5),
    maxMotorThrustN: z.number().positive().max(200),
    maxMotorTorqueNm: z.number().positive().max(20),
    rollArmM: z.number().positive().max(2),
    pitchArmM: z.number().positive().max(2),
    motorTimeConstantS: z.number().min(0.001).max(1),
    linearDragNPerMps: z.number().min(0).max(5),
    quadraticDragNPerMps2: z.number().min(0).max(1),
    angularDragNmPerRadps: z.number().min(0).max(1),
  })
  .partial();

export const vehicleSchema = z.strictObject({
  sysid,
  /** Where it stands at boot, from the mission's origin. */
  homeNorthM: metres,
  homeEastM: metres,
  yawDeg: z.number().min(-360).max(360).default(0),
  /** PX4 parameters by name that differ from the defaults. */
  parameters: z.record(z.string().max(16), z.number()).default({}),
  physics: physicsSchema.default({}),
  battery: batterySchema.default({}),
});

export const fenceSchema = z.strictObject({
  /** Corners in mission NED, in order. */
  polygon: z
    .array(z.strictObject({ northM: metres, eastM: metres }))
    .min(3)
    .max(256),
  minHeightM: z.number().default(0),
  maxHeightM: z.number().positive(),
});

/** Everything that a run of simulated vehicles needs to know. Plain JSON; heights above the origin. */
export const scenarioSchema = z.strictObject({
  seed: z.int().default(1),
  profile: z.enum(['1.15', '1.18']).default('1.18'),
  /** A flight controller obeys PREFLIGHT_REBOOT_SHUTDOWN; PX4's own simulators refuse it. */
  rebootsOnCommand: z.boolean().default(true),
  origin: z.strictObject({
    latDeg: z.number().min(-89).max(89),
    lonDeg: z.number().min(-180).max(180),
    altAmslM: z.number().min(-500).max(9000),
  }),
  /** Instance N = sysid − 1 binds `vehiclePort` + N and sends to `companionPort` + N. */
  vehiclePort: z.int().min(1024).max(65_000).default(14_580),
  companionPort: z.int().min(1024).max(65_000).default(14_540),
  /**
   * A second MAVLink link of each vehicle, PX4's to a ground station: instance N binds `vehiclePort` + N
   * and sends to one `port` for all until someone speaks. Left out: none.
   */
  groundLink: z
    .strictObject({
      address: z.union([z.ipv4(), z.ipv6()]).default('127.0.0.1'),
      port: z.int().min(1024).max(65_535).default(14_550),
      vehiclePort: z.int().min(1024).max(65_000).default(18_570),
    })
    .optional(),
  /** Where the true state of instance N goes or comes from, `displayPort` + N; see `display`. */
  displayPort: z.int().min(1024).max(65_000).default(19_410),
  /** Whether stand-ins send their true state there, as PX4's own simulator does. */
  display: z.boolean().default(false),
  wind: windSchema.default({}),
  windField: windFieldSchema.optional(),
  /** No GNSS receiver has a fix in these. */
  noGnssZones: z.array(noGnssZoneSchema).max(100).default([]),
  battery: batterySchema.default({}),
  physics: physicsSchema.default({}),
  obstacles: z
    .array(z.discriminatedUnion('kind', [cylinderSchema, boxSchema]))
    .max(MAX_OBSTACLES)
    .default([]),
  /** Hidden things to be found. Never leaves the simulator. */
  targets: z
    .array(z.strictObject({ northM: metres, eastM: metres }))
    .max(1000)
    .default([]),
  pDetect: z.number().min(0).max(1).default(0.9),
  pFalse: z.number().min(0).max(1).default(0.01),
  fence: fenceSchema.optional(),
  /** Stream rates by message id that differ from PX4's, Hz. */
  rates: z.record(z.string().regex(/^\d+$/), z.number().min(0).max(250)).default({}),
  vehicles: z.array(vehicleSchema).min(1).max(250),
});

export type Scenario = z.infer<typeof scenarioSchema>;
/** A scenario as written: what has a default may be left out. */
export type ScenarioInput = z.input<typeof scenarioSchema>;
export type WindFieldSettings = NonNullable<Scenario['windField']>;
export type ScenarioVehicle = Scenario['vehicles'][number];
