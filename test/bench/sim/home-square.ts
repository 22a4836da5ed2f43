import type { Scenario } from '#sim/scenario.ts';

const SPACING_M = 10;

/** Homes in a square about the origin: a row of a hundred would reach beyond the fence. */
export const homesInSquare = (scenario: Scenario): Scenario => {
  const side = Math.ceil(Math.sqrt(scenario.vehicles.length));
  const middle = (side - 1) / 2;
  return {
    ...scenario,
    vehicles: scenario.vehicles.map((vehicle, index) => ({
      ...vehicle,
      homeNorthM: (Math.floor(index / side) - middle) * SPACING_M,
      homeEastM: ((index % side) - middle) * SPACING_M,
    })),
  };
};
