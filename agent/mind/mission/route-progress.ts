import { distance, dot, subtract, type Vector3 } from '#protocols/vector.ts';

/** Waypoints being flown, mission NED. */
export interface Route {
  waypoints: Vector3[];
  /** Index of the first one not passed yet; the length when all are. */
  next: number;
}

/** A waypoint counts as passed within this distance, m. */
export const ACCEPT_M = 4;
/** Flying by at up to this distance also passes it: going back would cost more than it shows. */
const PASS_BY_M = 9;

export const newRoute = (waypoints: Vector3[]): Route => ({ waypoints, next: 0 });

export const isFlown = (route: Route): boolean => route.next >= route.waypoints.length;

/** Notes which waypoints are behind the drone. The last waypoint of a route must be reached, not passed by. */
export const advance = (route: Route, position: Vector3, acceptM: number): void => {
  while (!isFlown(route)) {
    const waypoint = route.waypoints[route.next]!;
    const before = route.waypoints[route.next - 1];
    const gapM = distance(position, waypoint);
    const isLast = route.next === route.waypoints.length - 1;
    const passedBy =
      before !== undefined &&
      !isLast &&
      gapM < PASS_BY_M &&
      dot(subtract(position, waypoint), subtract(waypoint, before)) > 0;
    if (gapM > acceptM && !passedBy) return;
    route.next += 1;
  }
};

/** m left to fly from a position over the waypoints that are left. */
export const remainingM = (route: Route, position: Vector3): number => {
  let lengthM = 0;
  let place = position;
  for (const waypoint of route.waypoints.slice(route.next)) {
    lengthM += distance(place, waypoint);
    place = waypoint;
  }
  return lengthM;
};
