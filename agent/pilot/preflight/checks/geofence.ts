import type { Geodetic } from '#protocols/frames.ts';
import { nedFromGeodetic } from '#protocols/frames.ts';
import type { SafetyEnvelope } from '#protocols/gossip/safety-envelope.ts';
import type { Check } from '../check.ts';
import { numberText, type Finding } from '../finding.ts';
import { valueOf, type PreflightInput } from '../input.ts';
import { returnHeightM } from './return-height.ts';

/** GF_ACTION: 0 none, 1 warning, 2 hold, 3 return, 4 terminate, 5 land. */
const SAFE_ACTIONS: readonly number[] = [2, 3, 5];
const RETURN = 3;

/** PX4's fence is the backstop behind ours: it must not act before, home and heights jitter by a metre or two. */
const MARGIN_M = 5;

/** A limit so many times what the mission needs, and beyond this anyway, stops nothing. */
const USELESS_TIMES = 3;
const USELESS_M = 1000;

/** Without a mission: what visual line of sight and the usual ceiling allow. */
const USUAL_HORIZONTAL_M = 500;
const USUAL_VERTICAL_M = 120;

const upToTen = (metres: number): number => 10 * Math.ceil((metres + MARGIN_M) / 10);

/** The cylinder around home in which PX4 lets the vehicle fly: on, around the mission's fence, and not absurd. */
export const geofence: Check = {
  needs: ['GF_ACTION', 'GF_MAX_HOR_DIST', 'GF_MAX_VER_DIST'],
  find: (input) => {
    const { envelope, vehicle } = input;
    const horizontalM = envelope === undefined ? undefined : reachM(envelope, vehicle?.home);
    const verticalM =
      envelope === undefined ? undefined : ceilingM(envelope, input.sysid, vehicle?.home);
    return [
      ...actionOf(input),
      ...limitOf(input, 'GF_MAX_HOR_DIST', horizontalM, USUAL_HORIZONTAL_M),
      ...limitOf(input, 'GF_MAX_VER_DIST', verticalM, USUAL_VERTICAL_M),
    ];
  },
};

const actionOf = (input: PreflightInput): Finding[] => {
  const action = valueOf(input, 'GF_ACTION');
  if (action === undefined || SAFE_ACTIONS.includes(action)) return [];
  return [
    {
      code: 'geofence-action-unsafe',
      severity: 'refuse',
      subject: 'GF_ACTION',
      found: action === 4 ? '4: drops the vehicle at the fence' : numberText(action),
      wanted: '3 (return), 2 (hold) or 5 (land)',
      remedy: 'Set GF_ACTION to 3.',
      fix: [{ name: 'GF_ACTION', value: RETURN }],
    },
  ];
};

const limitOf = (
  input: PreflightInput,
  name: string,
  neededM: number | undefined,
  usualM: number,
): Finding[] => {
  const limitM = valueOf(input, name);
  if (limitM === undefined) return [];
  const safeM = neededM === undefined ? usualM : upToTen(neededM);
  const fix = [{ name, value: safeM }];
  const finding = { subject: name, remedy: `Set ${name} to ${safeM}.`, fix };
  if (!(limitM > 0)) {
    return [
      {
        ...finding,
        code: 'geofence-off',
        severity: 'refuse',
        found: `${numberText(limitM)}: off`,
        wanted: `${safeM} m`,
      },
    ];
  }
  if (neededM === undefined) return [];
  if (limitM < neededM) {
    return [
      {
        ...finding,
        code: 'geofence-inside-mission',
        severity: 'refuse',
        found: `${numberText(limitM)} m from home`,
        wanted: `at least ${safeM} m: the mission's fence reaches ${Math.ceil(neededM)} m`,
      },
    ];
  }
  if (limitM <= Math.max(USELESS_TIMES * neededM, USELESS_M)) return [];
  return [
    {
      ...finding,
      code: 'geofence-too-wide',
      severity: 'warn',
      found: `${numberText(limitM)} m from home`,
      wanted: `${safeM} m, just outside the mission's fence`,
    },
  ];
};

/** From home, or from the mission's origin while that is unknown, to the fence's farthest corner. */
const reachM = (envelope: Readonly<SafetyEnvelope>, home: Geodetic | undefined): number => {
  const from = home === undefined ? { x: 0, y: 0 } : nedFromGeodetic(envelope.origin, home);
  return Math.max(
    ...envelope.fenceNed.map(({ northM, eastM }) => {
      const north = northM - from.x;
      const east = eastM - from.y;
      return Math.sqrt(north * north + east * east);
    }),
  );
};

/** The mission's ceiling or this drone's own way home, whichever is higher, m above home. */
const ceilingM = (
  envelope: Readonly<SafetyEnvelope>,
  sysid: number,
  home: Geodetic | undefined,
): number => {
  const homeUpM = home === undefined ? 0 : home.altAmslM - envelope.origin.altAmslM;
  return Math.max(envelope.maxHeightM - homeUpM, returnHeightM(envelope, sysid) ?? 0);
};
