import { addBoundary } from '../boundary-plane.ts';
import type { Boundary } from '../check.ts';

/** Kept free beside the error of the estimate, m: gusts move a hovering drone by a few decimetres. */
const MARGIN_M = 0.1;

/** Floor and ceiling of the mission: the stopping point stays between them. */
export const altitude: Boundary = {
  name: 'altitude',
  bound: (_situation, { envelope }, motion, planes) => {
    const heightM = -motion.positionNed.z;
    const marginM = MARGIN_M + motion.positionErrorM;
    addBoundary(planes, 'altitude', motion, 0, 0, 1, heightM - envelope.minHeightM - marginM);
    addBoundary(planes, 'altitude', motion, 0, 0, -1, envelope.maxHeightM - heightM - marginM);
  },
};
