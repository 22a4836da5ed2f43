/**
 * What may be done to one vehicle while it flies. None of it is announced on the wire: the autopilot
 * finds out as the real one would.
 */
export type Injury =
  /** The GNSS receiver stops, or works again. */
  | { kind: 'gnss'; works: boolean }
  /** The pack's charge from now on, 0..1. */
  | { kind: 'battery'; remaining: number }
  /** Heartbeats of ground stations no longer reach the autopilot, or do again. */
  | { kind: 'groundStation'; heard: boolean }
  /**
   * The flight controller starts anew, armed or not: motors off at once, silence for a few seconds,
   * boot time from zero, the estimator aligns again. Only the parameters survive.
   */
  | { kind: 'reboot' }
  /**
   * The estimator resets: LOCAL_POSITION_NED jumps by this much, the heading by `yawDeg`. When the
   * origin moves, GPS_GLOBAL_ORIGIN jumps the other way and the global position stays; when it
   * stays, the global position jumps too.
   */
  | {
      kind: 'estimateReset';
      northM: number;
      eastM: number;
      downM: number;
      yawDeg: number;
      origin: 'moves' | 'stays';
    };
