import type { Check } from '../check.ts';
import { numberText, type Finding } from '../finding.ts';
import { valueOf, type PreflightInput } from '../input.ts';

/** MAV_TYPE of what flies as a multicopter: quad, coaxial, heli, hexa, octo, tri, dodeca, deca. */
const MULTICOPTERS: readonly number[] = [2, 3, 4, 13, 14, 15, 29, 35];

/** The vehicle is the one that its agent and the roster take it for, and a kind that this code can fly. */
export const identity: Check = {
  needs: ['MAV_SYS_ID'],
  reads: ['MAV_TYPE'],
  find: (input) => [...numberOf(input), ...kindOf(input), ...memberOf(input)],
};

const numberOf = (input: PreflightInput): Finding[] => {
  const value = valueOf(input, 'MAV_SYS_ID');
  if (value === undefined || value === input.sysid) return [];
  return [
    {
      code: 'system-id-differs',
      severity: 'refuse',
      subject: 'MAV_SYS_ID',
      found: numberText(value),
      wanted: `${input.sysid}, as the roster and the agent's configuration say`,
      remedy: 'Set MAV_SYS_ID, restart the vehicle, and see that no other vehicle has that number.',
      fix: [],
    },
  ];
};

const kindOf = (input: PreflightInput): Finding[] => {
  const kind = valueOf(input, 'MAV_TYPE') ?? input.version?.vehicleType;
  if (kind === undefined || MULTICOPTERS.includes(kind)) return [];
  return [
    {
      code: 'not-a-multicopter',
      severity: 'refuse',
      subject: 'MAV_TYPE',
      found: numberText(kind),
      wanted: 'a multicopter: it must be able to stop and hover',
      remedy: 'Select the airframe that the vehicle has (SYS_AUTOSTART).',
      fix: [],
    },
  ];
};

const memberOf = ({ envelope, sysid }: PreflightInput): Finding[] => {
  if (envelope === undefined || envelope.fleet.includes(sysid)) return [];
  return [
    {
      code: 'not-of-this-fleet',
      severity: 'refuse',
      subject: 'MAV_SYS_ID',
      found: String(sysid),
      wanted: `one of the fleet: ${envelope.fleet.join(', ')}`,
      remedy: 'Enrol the drone in the roster and start the mission again.',
      fix: [],
    },
  ];
};
