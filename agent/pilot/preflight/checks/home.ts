import { nedFromGeodetic } from '#protocols/frames.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';

/** PX4 sets home anew every two seconds while disarmed. */
const GREATEST_AGE_MS = 15_000;

/** Home follows the vehicle on the ground; GPS altitude jitters by metres. */
const GREATEST_ACROSS_M = 5;
const GREATEST_HEIGHT_M = 10;

const refusal = (code: string, found: string, wanted: string): Finding => ({
  code,
  severity: 'refuse',
  subject: 'HOME_POSITION',
  found,
  wanted,
  remedy: 'Wait for a good position without moving the vehicle; PX4 then sets home anew.',
  fix: [],
});

/** Where RTL goes: known, fresh, and here. */
export const home: Check = {
  needs: [],
  find: ({ vehicle }) => {
    // In flight home stays behind, and rightly so.
    if (vehicle === undefined || vehicle.armed) return [];
    if (vehicle.home === undefined || !(vehicle.homeAgeMs <= GREATEST_AGE_MS)) {
      const found =
        vehicle.home === undefined ? 'not known' : `${Math.round(vehicle.homeAgeMs / 1000)} s old`;
      return [refusal('home-unknown', found, 'set anew every 2 s while disarmed')];
    }
    if (vehicle.global === undefined) return [];
    const { x, y, z } = nedFromGeodetic({ ...vehicle.home }, vehicle.global);
    const acrossM = Math.sqrt(x * x + y * y);
    if (acrossM <= GREATEST_ACROSS_M && Math.abs(z) <= GREATEST_HEIGHT_M) return [];
    const found = `${acrossM.toFixed(1)} m away, ${Math.abs(z).toFixed(1)} m in height`;
    return [refusal('home-elsewhere', found, 'where the vehicle stands')];
  },
};
