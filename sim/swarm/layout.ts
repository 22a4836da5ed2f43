import { join } from 'node:path';

/** Where the processes of a simulated swarm meet: ports as PX4 SITL numbers them, files by name. */
export interface SwarmLayout {
  runDir: string;
  stationMember: number;
  stationKeyFile: string;
  stationMeshPort: number;
  /** UDP port of the fast lane's multicast group. */
  multicastPort: number;
  /** UDP port to which all vehicles send what PX4 tells a ground station, and those they send it from, + N. */
  groundPort: number;
  vehicleGroundPort: number;
  rosterFile: string;
  stationSocket: string;
  scenarioFile: string;
  truthFile: string;
  /** UDP port of instance 0's true state; instance N adds N. */
  displayPort: number;
  drones: DroneLayout[];
}

export interface DroneLayout {
  sysid: number;
  name: string;
  dir: string;
  configFile: string;
  keyFile: string;
  payloadSocket: string;
  /** UDP port of the agent, 14540 + N, and of the vehicle, 14580 + N. */
  agentPort: number;
  vehiclePort: number;
  meshPort: number;
  /** Place on the ground, m from the mission's origin. */
  homeNorthM: number;
  homeEastM: number;
}

/** PX4 SITL's offboard ports (px4-rc.mavlinksim). */
export const SITL_AGENT_PORT = 14_540;
export const SITL_VEHICLE_PORT = 14_580;
/** Where PX4's own simulator sends the true state of instance 0 (px4-rc.mavlink). */
export const SITL_DISPLAY_PORT = 19_410;
/** PX4 SITL's ground station ports. */
const SITL_GROUND_PORT = 14_550;
const SITL_VEHICLE_GROUND_PORT = 18_570;
export const MESH_PORT = 15_500;
const MULTICAST_PORT = 15_499;

/** The station's member id: above every sysid. */
const STATION_MEMBER = 1000;

const NAMES = [
  'alder',
  'birch',
  'cedar',
  'dogwood',
  'elm',
  'fir',
  'ginkgo',
  'hazel',
  'ilex',
  'juniper',
];

const nameOf = (index: number): string => {
  const round = Math.floor(index / NAMES.length);
  return `${NAMES[index % NAMES.length]!}${round === 0 ? '' : round + 1}`;
};

interface LayoutOptions {
  runDir: string;
  stationSocket: string;
  drones: number;
  /** Added to every port, so that two swarms can run on one machine. */
  portOffset: number;
  /** Distance between two homes, m. */
  homeSpacingM: number;
}

/** Homes stand in a row from west to east, centred on the origin. */
export const swarmLayout = (options: LayoutOptions): SwarmLayout => {
  const { runDir, drones, portOffset, homeSpacingM } = options;
  return {
    runDir,
    stationMember: STATION_MEMBER,
    stationKeyFile: join(runDir, 'station.pem'),
    stationMeshPort: MESH_PORT + portOffset,
    multicastPort: MULTICAST_PORT + portOffset,
    groundPort: SITL_GROUND_PORT + portOffset,
    vehicleGroundPort: SITL_VEHICLE_GROUND_PORT + portOffset,
    rosterFile: join(runDir, 'roster.bin'),
    stationSocket: options.stationSocket,
    scenarioFile: join(runDir, 'scenario.json'),
    truthFile: join(runDir, 'truth.json'),
    displayPort: SITL_DISPLAY_PORT + portOffset,
    drones: Array.from({ length: drones }, (_, index) => {
      const sysid = index + 1;
      const dir = join(runDir, `drone-${sysid}`);
      return {
        sysid,
        name: nameOf(index),
        dir,
        configFile: join(dir, 'agent.json'),
        keyFile: join(dir, 'key.pem'),
        payloadSocket: join(runDir, `payload-${sysid}.sock`),
        agentPort: SITL_AGENT_PORT + index + portOffset,
        vehiclePort: SITL_VEHICLE_PORT + index + portOffset,
        meshPort: MESH_PORT + sysid + portOffset,
        homeNorthM: 0,
        homeEastM: (index - (drones - 1) / 2) * homeSpacingM,
      };
    }),
  };
};
