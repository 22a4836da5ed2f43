/** Something hidden on the ground, in the scenario's NED. It never leaves the simulator. */
export interface HiddenTarget {
  readonly northM: number;
  readonly eastM: number;
}
