import { decodePayload, encodePayload } from '#protocols/gossip/codec.ts';
import type { Envelope } from '#protocols/gossip/envelope.ts';
import { decodeKnots, encodeKnots } from '#protocols/gossip/intent.ts';
import { degreesFromRadians } from '#protocols/units.ts';

/** How far from the truth a lie is, m, and how fast it moves away from it, m/s. */
export interface Shift {
  northM: number;
  eastM: number;
  northMps: number;
  eastMps: number;
}

const EARTH_RADIUS_M = 6_371_000;

/** The beacon's payload with another place in it; undefined for anything but a beacon. */
export const shiftBeacon = (envelope: Envelope, shift: Shift): Uint8Array | undefined => {
  if (envelope.topic !== 'beacon') return undefined;
  const decoded = decodePayload('beacon', envelope.payload);
  if (!decoded.ok) return undefined;
  const beacon = decoded.payload;
  if (beacon.latE7 === 0 && beacon.lonE7 === 0) return undefined;
  const latRad = (beacon.latE7 / 1e7) * (Math.PI / 180);
  const [north, east, down] = beacon.velocityCmps;
  return encodePayload('beacon', {
    ...beacon,
    latE7: Math.round(beacon.latE7 + 1e7 * degreesFromRadians(shift.northM / EARTH_RADIUS_M)),
    lonE7: Math.round(
      beacon.lonE7 + (1e7 * degreesFromRadians(shift.eastM / EARTH_RADIUS_M)) / Math.cos(latRad),
    ),
    velocityCmps: [
      Math.round(north + 100 * shift.northMps),
      Math.round(east + 100 * shift.eastMps),
      down,
    ],
  });
};

/** The intent's payload promising another place; undefined for anything but an intent. */
export const shiftIntent = (envelope: Envelope, shift: Shift): Uint8Array | undefined => {
  if (envelope.topic !== 'intent') return undefined;
  const decoded = decodePayload('intent', envelope.payload);
  if (!decoded.ok) return undefined;
  const knots = decodeKnots(decoded.payload.knots, decoded.payload.radii);
  if (knots === undefined) return undefined;
  const moved = knots.map((knot) => ({
    ...knot,
    x: knot.x + shift.northM,
    y: knot.y + shift.eastM,
  }));
  return encodePayload('intent', { ...decoded.payload, ...encodeKnots(moved) });
};
