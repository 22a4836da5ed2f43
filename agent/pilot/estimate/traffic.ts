import type { AdsbVehicle } from 'mavlink-mappings/dist/lib/common.js';
import { nedFromGeodetic, type Origin } from '#protocols/frames.ts';
import type { Frame } from '#protocols/mavlink/framer.ts';
import { radiansFromDegrees } from '#protocols/units.ts';
import { vector3, type Vector3 } from '#protocols/vector.ts';

/** ADSB_FLAGS (MAVLink common). */
const VALID_COORDS = 1;
const VALID_ALTITUDE = 2;
const VALID_HEADING = 4;
const VALID_VELOCITY = 8;
const VALID_CALLSIGN = 16;
const VALID_VERTICAL_VELOCITY = 128;

/** ADSB_ALTITUDE_TYPE: by the standard atmosphere at QNH, or by GNSS above the ellipsoid. */
const GEOMETRIC = 1;

/** QNH that is an hour old, and the temperature. */
const PRESSURE_ERROR_M = 60;
/** Between the ellipsoid and mean sea level (EGM96: −107 to 85). */
const GEOID_ERROR_M = 110;

/** Of components other than the autopilot only a receiver of its own vehicle (MAV_COMP_ID_ADSB), forwarded by it. */
const ALLOWED_COMPIDS: ReadonlySet<number> = new Set([1, 156]);

/** Farther off nothing happens within the minute that is looked ahead. */
const FARTHEST_M = 30_000;
/** Heard of this long ago (time since last communication included) it may be anywhere. */
const FORGET_AFTER_MS = 60_000;
/** More aircraft within 30 km of a drone than this are not to be expected; the nearest stay. */
const CAPACITY = 32;
/** Light aircraft to jets below the speed limit that holds under 10,000 ft, m/s. */
const FASTEST_MPS = 130;

/** ADSB_EMITTER_TYPE in order of its values. */
const EMITTERS =
  'no info,light,small,large,high vortex,heavy,highly manoeuvrable,rotorcraft,unassigned,glider,balloon,parachute,ultralight,unassigned,uav,space,unassigned,emergency vehicle,service vehicle,obstacle'.split(
    ',',
  );

/** One aircraft that a transponder told of; frames: mission NED. */
export interface Aircraft {
  icao: number;
  /** Empty when not told. */
  callsign: string;
  emitter: string;
  /** When the position was true, monotonic ms. */
  atMs: number;
  /** z is meaningless unless `altitudeKnown`. */
  positionNed: Vector3;
  altitudeKnown: boolean;
  /** Bound on the error of the altitude, m. */
  altitudeErrorM: number;
  velocityNed: Vector3;
  velocityKnown: boolean;
}

/**
 * Who else is in the air, by ADSB_VEHICLE. Bounded: when full, the nearest to the mission's origin
 * stay. Everything is hostile: fields without their flag count as not said.
 */
export class Traffic {
  readonly #sysid: number;
  readonly #byIcao = new Map<number, Aircraft>();
  #origin: Origin | undefined;
  #list: readonly Aircraft[] = [];

  constructor(sysid: number) {
    this.#sysid = sysid;
  }

  /** A new frame: what was heard before is told anew within seconds. */
  setOrigin(origin: Origin): void {
    this.#origin = { ...origin };
    this.#byIcao.clear();
    this.#list = [];
  }

  /** Takes a message from the autopilot's link; false when its sender may not say such things, or it says nothing. */
  hear(frame: Pick<Frame, 'sysid' | 'compid'>, message: AdsbVehicle, nowMs: number): boolean {
    if (frame.sysid !== this.#sysid || !ALLOWED_COMPIDS.has(frame.compid)) return false;
    const aircraft = this.#read(message, nowMs);
    if (aircraft === undefined) return false;
    this.#byIcao.set(aircraft.icao, aircraft);
    if (this.#byIcao.size > CAPACITY) this.#byIcao.delete(farthestOf(this.#byIcao.values()).icao);
    this.#list = [...this.#byIcao.values()];
    return true;
  }

  /** Those that were heard of lately. */
  at(nowMs: number): readonly Aircraft[] {
    if (this.#list.some((one) => nowMs - one.atMs > FORGET_AFTER_MS)) {
      for (const one of this.#list) {
        if (nowMs - one.atMs > FORGET_AFTER_MS) this.#byIcao.delete(one.icao);
      }
      this.#list = [...this.#byIcao.values()];
    }
    return this.#list;
  }

  #read(message: AdsbVehicle, nowMs: number): Aircraft | undefined {
    const { flags, ICAOAddress, tslc } = message;
    const latDeg = message.lat / 1e7;
    const lonDeg = message.lon / 1e7;
    const atMs = nowMs - 1000 * tslc;
    if (this.#origin === undefined || (flags & VALID_COORDS) === 0) return undefined;
    if (Math.abs(latDeg) > 90 || Math.abs(lonDeg) > 180) return undefined;
    if (nowMs - atMs > FORGET_AFTER_MS) return undefined;
    const altAmslM = message.altitude / 1000;
    const positionNed = nedFromGeodetic(this.#origin, { latDeg, lonDeg, altAmslM });
    if (Math.sqrt(positionNed.x ** 2 + positionNed.y ** 2) > FARTHEST_M) return undefined;
    const speedMps = message.horVelocity / 100;
    const moving = VALID_HEADING | VALID_VELOCITY;
    const velocityKnown = (flags & moving) === moving && speedMps <= FASTEST_MPS * 2;
    const headingRad = radiansFromDegrees(message.heading / 100);
    const climbMps = (flags & VALID_VERTICAL_VELOCITY) === 0 ? 0 : message.verVelocity / 100;
    return {
      icao: ICAOAddress,
      callsign: (flags & VALID_CALLSIGN) === 0 ? '' : message.callsign.replaceAll(/[^\w-]/gu, ''),
      emitter: EMITTERS[message.emitterType] ?? 'unassigned',
      atMs,
      positionNed,
      altitudeKnown: (flags & VALID_ALTITUDE) !== 0,
      altitudeErrorM: message.altitudeType === GEOMETRIC ? GEOID_ERROR_M : PRESSURE_ERROR_M,
      velocityNed: velocityKnown
        ? vector3(speedMps * Math.cos(headingRad), speedMps * Math.sin(headingRad), -climbMps)
        : vector3(0, 0, 0),
      velocityKnown,
    };
  }
}

/** How far an aircraft may be from where its course leads after so long, m: a turn of half a g, or any course. */
export const strayM = ({ velocityKnown }: Aircraft, ageS: number): number =>
  velocityKnown ? POSITION_ERROR_M + 0.5 * TURN_MPS2 * ageS * ageS : FASTEST_MPS * ageS;

/** The nearest, for people: callsign or address, kind, distance. Empty when there is none. */
export const nearestInWords = (traffic: readonly Aircraft[], from: Readonly<Vector3>): string => {
  let words = '';
  let leastM = Number.POSITIVE_INFINITY;
  for (const { callsign, icao, emitter, positionNed: p } of traffic) {
    const awayM = Math.sqrt((p.x - from.x) ** 2 + (p.y - from.y) ** 2);
    if (awayM >= leastM) continue;
    leastM = awayM;
    const name = callsign === '' ? icao.toString(16).toUpperCase() : callsign;
    words = `${name} (${emitter}) at ${(awayM / 1000).toFixed(1)} km`;
  }
  return words;
};

/** NACp 7: 0.1 nautical miles. */
const POSITION_ERROR_M = 185;
const TURN_MPS2 = 5;

const farthestOf = (all: Iterable<Aircraft>): Aircraft =>
  [...all].reduce((a, b) => (squared(a) > squared(b) ? a : b));

const squared = ({ positionNed: p }: Aircraft): number => p.x * p.x + p.y * p.y;
