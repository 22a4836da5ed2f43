import type { Random } from '#protocols/random.ts';
import { controlGains, type ControlGains } from '../autopilot/control/control-gains.ts';
import { Parameters } from '../autopilot/parameters.ts';
import { defaultBatteryParameters, type BatteryParameters } from '../physics/battery.ts';
import { defaultVehicleParameters, type VehicleParameters } from '../physics/vehicle-parameters.ts';
import { calmAir, type WindParameters } from '../physics/wind.ts';

/** One made vehicle on one made day: what a training flight is flown with and the model is not told. */
export interface FlightConditions {
  vehicle: VehicleParameters;
  battery: BatteryParameters;
  wind: WindParameters;
  gains: ControlGains;
  /** MPC_THR_HOVER: where the hover thrust estimator starts. */
  hoverThrust: number;
  /** From a decision to its setpoint in force at the autopilot, s. */
  actionDelayS: number;
  initialYawRad: number;
}

const between = (random: Random, low: number, high: number): number =>
  low + (high - low) * random.uniform();

/** 1 ± share. */
const around = (random: Random, share: number): number => between(random, 1 - share, 1 + share);

const randomVehicle = (random: Random): VehicleParameters => {
  const vehicle = { ...defaultVehicleParameters };
  const size = around(random, 0.3);
  vehicle.massKg *= size;
  vehicle.inertiaXxKgM2 *= size * around(random, 0.1);
  vehicle.inertiaYyKgM2 *= size * around(random, 0.1);
  vehicle.inertiaZzKgM2 *= size * around(random, 0.1);
  vehicle.motorTimeConstantS *= around(random, 0.3);
  vehicle.linearDragNPerMps = between(random, 0.1, 0.6);
  vehicle.quadraticDragNPerMps2 = between(random, 0, 0.02);
  return vehicle;
};

const randomWind = (random: Random): WindParameters => {
  const heading = 2 * Math.PI * random.uniform();
  const speed = 8 * random.uniform();
  return {
    ...calmAir,
    meanNorthMps: speed * Math.cos(heading),
    meanEastMps: speed * Math.sin(heading),
    meanDownMps: 0.3 * (2 * random.uniform() - 1),
    // Turbulence grows with the wind; still air has some too.
    turbulenceMps: 0.1 + 0.2 * speed * random.uniform(),
    verticalTurbulenceMps: 0.05 + 0.08 * speed * random.uniform(),
    turbulenceLengthM: between(random, 30, 90),
    gustsPerMinute: 3 * random.uniform(),
    gustMps: 0.5 * speed * random.uniform(),
  };
};

const randomGains = (random: Random): ControlGains => {
  const gains = controlGains(new Parameters('1.18'));
  gains.velocityP *= around(random, 0.2);
  gains.velocityI *= around(random, 0.3);
  gains.velocityD *= around(random, 0.2);
  gains.climbP *= around(random, 0.2);
  gains.climbI *= around(random, 0.3);
  // 4 is 1.18's default, 6.5 that of 1.15: both fly.
  gains.rollP = between(random, 3.8, 6.8);
  gains.pitchP = gains.rollP;
  return gains;
};

/** Draws the conditions of one flight (domain randomisation, Tobin et al. 2017). */
export const randomConditions = (random: Random): FlightConditions => ({
  vehicle: randomVehicle(random),
  battery: {
    ...defaultBatteryParameters,
    initialCharge: between(random, 0.25, 1),
    internalResistanceOhm: between(random, 0.015, 0.06),
  },
  wind: randomWind(random),
  gains: randomGains(random),
  hoverThrust: between(random, 0.45, 0.55),
  actionDelayS: 0.06 * random.uniform(),
  initialYawRad: Math.PI * (2 * random.uniform() - 1),
});
