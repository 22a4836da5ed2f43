import type { Beacon } from './beacon.ts';

/**
 * What the station says of itself: hearing it is what keeps a mission's lost-link clock from running.
 * It is no vehicle, so the fields of one are empty.
 */
export const stationBeacon = (echoes: Beacon['echoes']): Beacon => ({
  sysid: 0,
  phase: 'standby',
  armed: false,
  mode: '',
  latE7: 0,
  lonE7: 0,
  altAmslCm: 0,
  velocityCmps: [0, 0, 0],
  positionStdCm: 0,
  batteryPercent: 100,
  goal: null,
  progressPermille: 0,
  task: null,
  taskDigest: 0,
  directive: null,
  reason: '',
  planSource: 'none',
  model: '',
  logHead: null,
  echoes,
  troubles: [],
});
