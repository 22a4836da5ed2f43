/** Where a drone is in its flight, as its pilot sees it; codes on the wire are indices, so append only. */
export const FLIGHT_PHASES = [
  'boot',
  'standby',
  'arming',
  'takeoff',
  'offboard',
  'holding',
  'returning',
  'landing',
  'landed',
  'yielded',
  'failsafe',
] as const;

export type FlightPhase = (typeof FLIGHT_PHASES)[number];
