import type { Random } from '#protocols/random.ts';
import { within } from '../faults/draws.ts';
import { defaultVehicleParameters } from '../physics/vehicle-parameters.ts';
import type { ScenarioInput, ScenarioVehicle } from '../scenario.ts';

/** 1 ± share. */
const around = (share: number, random: Random): number => within(1 - share, 1 + share, random);

/** A vehicle with a payload or without, and a pack neither new nor always full. Agents are not told. */
export const drawVehicle = (random: Random): Pick<ScenarioVehicle, 'physics' | 'battery'> => {
  const base = defaultVehicleParameters;
  const size = around(0.3, random);
  return {
    physics: {
      massKg: base.massKg * size,
      inertiaXxKgM2: base.inertiaXxKgM2 * size * around(0.1, random),
      inertiaYyKgM2: base.inertiaYyKgM2 * size * around(0.1, random),
      inertiaZzKgM2: base.inertiaZzKgM2 * size * around(0.1, random),
      motorTimeConstantS: base.motorTimeConstantS * around(0.3, random),
      linearDragNPerMps: within(0.1, 0.6, random),
      quadraticDragNPerMps2: within(0, 0.02, random),
    },
    battery: {
      initialCharge: within(0.45, 1, random),
      internalResistanceOhm: within(0.015, 0.06, random),
    },
  };
};

/** From still air to a fresh breeze; turbulence grows with the wind. What the model was trained in. */
export const drawWind = (random: Random): NonNullable<ScenarioInput['wind']> => {
  const speedMps = 7 * random.uniform() ** 1.5;
  const towardsRad = 2 * Math.PI * random.uniform();
  return {
    meanNorthMps: speedMps * Math.cos(towardsRad),
    meanEastMps: speedMps * Math.sin(towardsRad),
    meanDownMps: within(-0.3, 0.3, random),
    turbulenceMps: 0.1 + 0.2 * speedMps * random.uniform(),
    verticalTurbulenceMps: 0.05 + 0.08 * speedMps * random.uniform(),
    turbulenceLengthM: within(30, 90, random),
    gustsPerMinute: within(0, 3, random),
    gustMps: 0.5 * speedMps * random.uniform(),
    gustS: 4,
  };
};
