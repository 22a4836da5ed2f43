/** What is told of a mission that is flown: PX4's mission_result. Shared by all links of a vehicle. */
export class MissionProgress {
  /** The item reached last; −1: none since the mission began or was taken up again. */
  reachedSeq = -1;
  finished = false;
  /** The mission passed the feasibility check. */
  valid = false;
}
