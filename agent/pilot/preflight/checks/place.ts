import { nedFromGeodetic } from '#protocols/frames.ts';
import { signedDistanceToEdge } from '#protocols/polygon.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';

const GREATEST_AGE_MS = 3000;

const refusal = (code: string, found: string, wanted: string, remedy: string): Finding => ({
  code,
  severity: 'refuse',
  subject: 'GLOBAL_POSITION_INT',
  found,
  wanted,
  remedy,
  fix: [],
});

/** The vehicle stands inside the fence of the mission that it is to fly. */
export const place: Check = {
  needs: [],
  find: ({ vehicle, envelope }) => {
    if (vehicle === undefined) return [];
    if (vehicle.global === undefined || !(vehicle.globalAgeMs <= GREATEST_AGE_MS)) {
      const remedy = 'Wait until PX4 has a global position, in the open and without moving it.';
      return [refusal('position-unknown', 'no recent position', 'one every 0.1 s', remedy)];
    }
    if (envelope === undefined) return [];
    const { x, y, z } = nedFromGeodetic(envelope.origin, vehicle.global);
    const insideM = signedDistanceToEdge(envelope.fenceNed, x, y);
    const remedy = "Carry the vehicle into the mission's fence, or fly the mission of this place.";
    if (!(insideM > 0)) {
      const found = `${Math.round(-insideM)} m outside the fence`;
      return [refusal('outside-fence', found, 'inside it', remedy)];
    }
    const upM = -z;
    // Below the floor is where the ground is: the guard's floor counts in flight only.
    if (upM < envelope.maxHeightM) return [];
    const found = `${Math.round(upM)} m above the mission's origin`;
    return [refusal('above-ceiling', found, `below ${envelope.maxHeightM} m`, remedy)];
  },
};
