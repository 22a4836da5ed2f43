/** Degrees live at the edge (operators, files, MAVLink scaled integers); inside, angles are radians. */
export const radiansFromDegrees = (degrees: number): number => (degrees * Math.PI) / 180;

export const degreesFromRadians = (radians: number): number => (radians * 180) / Math.PI;

/** The same direction in (−π, π]. */
export const wrapPi = (radians: number): number => {
  const turns = Math.ceil((radians - Math.PI) / (2 * Math.PI));
  return radians - turns * 2 * Math.PI;
};

export const clamp = (value: number, low: number, high: number): number =>
  Math.min(high, Math.max(low, value));

/** Standard gravity, m/s² (CGPM 1901; PX4 CONSTANTS_ONE_G). */
export const GRAVITY_MPS2 = 9.80665;
