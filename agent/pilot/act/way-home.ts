import { returnHeightM } from '../preflight/checks/return-height.ts';
import type { WayHome } from '../guard/giving-way.ts';
import type { FlightCore, Readings } from './flight-core.ts';

/** PX4 has arrived over home within this, m (NAV_ACC_RAD), and comes down on a slant from a little before. */
const OVER_HOME_M = 2.5;
const SLANT_M = 10;
/** This near to its layer it has arrived there, m. */
const IN_LAYER_M = 1;
/** And this far below it has left it. */
const LEFT_LAYER_M = 2.5;

/** What PX4 does next on this drone's way home; undefined where its home or its layer is not known. */
export const wayHome = (
  core: FlightCore,
  { estimate }: Pick<Readings, 'estimate'>,
): (WayHome & { isOverHome: boolean }) | undefined => {
  const { safety } = core.authority;
  const layerM = safety === undefined ? undefined : returnHeightM(safety, core.sysid);
  if (layerM === undefined || !estimate.valid || !estimate.homeKnown) return undefined;
  const { home, positionNed: p } = estimate;
  const layerDownM = (core.levelDownM ?? home.z) - layerM;
  const distanceM = Math.sqrt((home.x - p.x) ** 2 + (home.y - p.y) ** 2);
  const isOverHome = distanceM <= OVER_HOME_M;
  // Coming down over home it is below its layer, and does not climb to it again.
  const isComingDown = core.cameToLayer && distanceM <= SLANT_M;
  const isBelow = p.z - layerDownM > (core.cameToLayer ? LEFT_LAYER_M : IN_LAYER_M);
  core.cameToLayer = !isBelow || isComingDown;
  const stage = isComingDown ? 'descend' : isBelow ? 'climb' : 'cross';
  return { stage, homeNed: home, layerDownM, isOverHome };
};
