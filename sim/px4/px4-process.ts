import { geodeticFromNed, type Origin } from '#protocols/frames.ts';
import { vector3 } from '#protocols/vector.ts';

/** PX4 SITL with its built-in simulator (airframe 10040). */
const SIM_MODEL = 'sihsim_quadx';

interface Place {
  homeNorthM: number;
  homeEastM: number;
}

/**
 * Environment of one PX4 SITL process: its simulator, where it stands (PX4_HOME_*, degrees and metres
 * AMSL), and parameters (PX4_PARAM_NAME=value, taken over at each start by PX4's rcS).
 *
 * @param origin of the mission; `place` is metres from it.
 */
export const px4Environment = (
  origin: Origin,
  place: Place,
  parameters: Readonly<Record<string, number>>,
): Record<string, string> => {
  const home = geodeticFromNed(origin, vector3(place.homeNorthM, place.homeEastM, 0));
  return {
    PX4_SIM_MODEL: SIM_MODEL,
    PX4_HOME_LAT: home.latDeg.toFixed(7),
    PX4_HOME_LON: home.lonDeg.toFixed(7),
    PX4_HOME_ALT: home.altAmslM.toFixed(2),
    ...Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [`PX4_PARAM_${name}`, String(value)]),
    ),
  };
};

/**
 * Arguments of `px4` for instance N: no shell, its startup files, a working directory of its own.
 * Instance N has system id N + 1 and the ports of PX4 SITL.
 */
export const px4Arguments = (instance: number, etcDir: string, workDir: string): string[] => [
  '-i',
  String(instance),
  '-d',
  etcDir,
  '-w',
  workDir,
];
