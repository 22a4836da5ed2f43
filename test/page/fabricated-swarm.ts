import { loadMission } from '#coordinator/mission/load.ts';
import type { Station } from '#coordinator/station/app.ts';
import { missionGeometry } from '#coordinator/station/mission-geometry.ts';
import type { CellView, DroneView, SwarmView } from '#coordinator/station/view.ts';
import { geodeticFromNed } from '#protocols/frames.ts';
import type { Mission } from '#protocols/mission/mission.ts';

/** Names and reasons as an attacker would choose them. */
export const HOSTILE_NAME = '<img src=x onerror="hacked=1">';
export const HOSTILE_REASON = '"><script>window.hacked=2</script>';

export const irchel = (): Mission => loadMission('missions/search-irchel.yaml');

const lonLat = (mission: Mission, northM: number, eastM: number): [number, number] => {
  const place = geodeticFromNed(mission.origin, { x: northM, y: eastM, z: 0 });
  return [place.lonDeg, place.latDeg];
};

const PLACES = [
  { name: 'alder', northM: 120, eastM: -60, heightM: 20, batteryPercent: 81, courseRad: 0.3 },
  { name: 'birch', northM: 126, eastM: -52, heightM: 27, batteryPercent: 64, courseRad: 2.2 },
  { name: 'cedar', northM: 250, eastM: 40, heightM: 20.4, batteryPercent: 22, courseRad: -1.2 },
  { name: 'dogwood', northM: 200, eastM: 110, heightM: 32, batteryPercent: 55, courseRad: 3 },
  { name: HOSTILE_NAME, northM: 60, eastM: 20, heightM: 19.5, batteryPercent: 90, courseRad: 1.4 },
];

const drone = (mission: Mission, index: number): DroneView => {
  const { name, northM, eastM, heightM, batteryPercent, courseRad } = PLACES[index]!;
  const along = (metres: number): [number, number] =>
    lonLat(
      mission,
      northM + metres * Math.cos(courseRad),
      eastM + metres * Math.sin(courseRad) + 4 * Math.sin(metres / 15),
    );
  const [lonDeg, latDeg] = along(0);
  return {
    sysid: index + 1,
    name,
    ageS: index === 3 ? 14 : 0.4,
    phase: index === 2 ? 'returning' : 'offboard',
    armed: true,
    mode: 'OFFBOARD',
    latDeg,
    lonDeg,
    heightM,
    speedMps: 7.6,
    batteryPercent,
    task: `lane:${index}`,
    reason: index === 2 ? 'battery reserve' : index === 4 ? HOSTILE_REASON : '',
    troubles:
      index === 1
        ? [
            {
              code: 'second-sender',
              severity: 'warning',
              text: `somebody else claims to be the vehicle: ${HOSTILE_REASON}`,
              remedy: 'Find out who that is.',
            },
          ]
        : [],
    planSource: (['model', 'model', 'none', 'safe', 'analytic'] as const)[index]!,
    model: 'fabricated',
    goal: { issuer: 1000, epoch: 1, sequence: 1 },
    directive: null,
    taskDigest: 7,
    logHead: null,
    intent: Array.from({ length: 14 }, (_, knot) => {
      const [lon, lat] = along(4 * knot);
      return [lon, lat, 1 + 0.25 * knot] as const;
    }),
    trail: Array.from({ length: 60 }, (_, step) => along(2 * (step - 59))),
  };
};

const cellViews = (mission: Mission): CellView[] => {
  const { grid } = missionGeometry(mission);
  return grid.map(({ row, column }) => {
    const cell = { row, column, detections: 0 };
    if (row === 8 && column === -2) return { ...cell, posterior: 0.99, looks: 2, detections: 2 };
    if (row === 6 && column === 3) return { ...cell, posterior: 0.45, looks: 1, detections: 1 };
    if (row + column > 11 || row > 9) return { ...cell, posterior: 0.04, looks: 0 };
    return { ...cell, posterior: 0.004, looks: 1 };
  });
};

/** A swarm in the middle of a search: one drone returning, one silent, one with a hostile name. */
export const fabricatedView = (mission: Mission): SwarmView => {
  const cells = cellViews(mission);
  const [lonDeg, latDeg] = lonLat(mission, 212, -37);
  return {
    unixMs: 1_800_000_000_000,
    swarm: 'test swarm',
    station: 'station',
    mission: {
      name: mission.name,
      goal: { issuer: 1000, epoch: 1, sequence: 1 },
      operator: 'base',
      cancelled: false,
      elapsedS: 83,
      cells: cells.length,
      searchedFraction: cells.filter((cell) => cell.looks > 0).length / cells.length,
      complete: false,
    },
    drones: [
      ...PLACES.map((_, index) => drone(mission, index)),
      { ...drone(mission, 0), sysid: 6, name: 'elm', ageS: null, trail: [], intent: [] },
    ],
    tasks: { open: 4, claimed: 3, executing: 4, done: 9, released: 0 },
    cells,
    findings: [
      { row: 8, column: -2, latDeg, lonDeg, confidence: 0.987, looks: 2, foundBy: 'alder' },
    ],
    link: { peers: 5, bytesIn: 1000, bytesOut: 1000, rejected: 0, lastReject: '' },
    events: [
      { unixMs: 1_799_999_917_000, text: 'goal: search-irchel' },
      { unixMs: 1_799_999_921_000, text: 'alder: takeoff' },
      { unixMs: 1_799_999_986_000, text: `${HOSTILE_NAME}: holding (${HOSTILE_REASON})` },
      { unixMs: 1_799_999_990_000, text: 'alder found something in cell 8:-2' },
    ],
  };
};

/** A station that answers with `view`, which a test may change; it can command nothing. */
export const fabricatedStation = (
  mission: Mission,
  view: () => SwarmView,
): { station: Station; push: () => void } => {
  let wake = (): void => {};
  const refuse = (): Promise<never> => Promise.reject(new Error('the page must not command'));
  return {
    push: () => wake(),
    station: {
      view,
      mission: () => mission,
      startMission: refuse,
      sendDirective: refuse,
      introduceRoster: refuse,
      offerRelease: refuse,
      mesh: () => ({
        member: 1000,
        swarm: 'meadow',
        rosterEpoch: 1,
        authority: '3f2a-91c0-77de-0b14',
        rosterExpiresUnixS: 2_000_000_000,
        peers: [],
        strangers: [],
        bytesIn: 0,
        bytesOut: 0,
        messagesIn: 0,
        messagesRefused: 0,
        contents: [],
        fastLane: {
          isOpen: true,
          why: '',
          paceMs: 180,
          framesIn: 0,
          framesOut: 0,
          relayed: 0,
        },
      }),
      changed: () =>
        new Promise((resolve) => {
          const timer = setTimeout(resolve, 500);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        }),
    },
  };
};
