import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import type { AgentConfig } from '#agent/config.ts';
import { hexFromBytes } from '#protocols/gossip/identity.ts';
import { withGroupKey } from '#protocols/gossip/group-key.ts';
import { newGroupKey } from '#protocols/gossip/sealing.ts';
import type { Member } from '#protocols/gossip/roster.ts';
import { saveRoster } from '#protocols/gossip/roster-file.ts';
import { signRoster } from '#protocols/gossip/signed-roster.ts';
import { generateSigningKey, saveKeyPem, type SigningKey } from '#protocols/gossip/signing.ts';
import type { MulticastSettings } from '#protocols/gossip/udp-multicast.ts';
import type { SwarmLayout } from './layout.ts';

/** What a station process needs to join the swarm as its operator. */
export interface StationConfig {
  member: number;
  name: string;
  runDir: string;
  socket: string;
  /** TCP port of the map page on loopback; 0 = any free one. */
  mapPort: number;
  keys: { privateKeyFile: string; rosterFile: string; authorityPublicKeyHex: string };
  mesh: {
    listen: string[];
    bootstrap: string[];
    mdns: boolean;
    multicast?: MulticastSettings | undefined;
  };
}

interface SwarmSettings {
  swarm: string;
  seed: number;
  modelDir: string | null;
  modelSignersHex: string[];
  mapPort: number;
  /** The stand-ins' scenario, as JSON-ready data. */
  scenario: unknown;
  unixS: number;
  /** Signs who belongs. */
  authority: SigningKey;
}

/** Of the block for one's own network (RFC 2365). */
const MULTICAST_GROUP = '239.83.75.1';

const ROSTER_LIFE_S = 7 * 24 * 3600;

const listenOn = (port: number): string[] => [
  `/ip4/127.0.0.1/udp/${port}/quic-v1`,
  `/ip4/127.0.0.1/tcp/${port}`,
];

/**
 * Writes all that a simulated swarm needs: a roster, a key per member, the configuration of every
 * process. Replaces an older run.
 */
export const writeRunDirectory = (layout: SwarmLayout, settings: SwarmSettings): StationConfig => {
  rmSync(layout.runDir, { recursive: true, force: true });
  mkdirSync(layout.runDir, { recursive: true, mode: 0o700 });
  mkdirSync(dirname(layout.stationSocket), { recursive: true, mode: 0o700 });
  const { authority } = settings;
  const members: Member[] = layout.drones.map((drone) => {
    mkdirSync(drone.dir, { recursive: true, mode: 0o700 });
    const { key, pem } = generateSigningKey();
    saveKeyPem(drone.keyFile, pem);
    return {
      id: drone.sysid,
      name: drone.name,
      role: 'drone',
      publicKey: Uint8Array.from(key.publicKey),
      addresses: listenOn(drone.meshPort),
    };
  });
  const station = generateSigningKey();
  saveKeyPem(layout.stationKeyFile, station.pem);
  members.push({
    id: layout.stationMember,
    name: 'station',
    role: 'operator',
    publicKey: Uint8Array.from(station.key.publicKey),
    addresses: listenOn(layout.stationMeshPort),
  });
  const expiresUnixS = Math.floor(settings.unixS) + ROSTER_LIFE_S;
  saveRoster(
    layout.rosterFile,
    signRoster(
      withGroupKey(
        { swarm: settings.swarm, epoch: 1, expiresUnixS, members },
        authority,
        newGroupKey(),
      ),
      authority.sign,
    ),
  );
  const authorityPublicKeyHex = hexFromBytes(authority.publicKey);
  const operatorKeyHex = hexFromBytes(station.key.publicKey);
  for (const drone of layout.drones) {
    const config = agentConfig(layout, drone, settings, { authorityPublicKeyHex, operatorKeyHex });
    writeFileSync(drone.configFile, JSON.stringify(config, null, 2), { mode: 0o600 });
  }
  writeFileSync(layout.scenarioFile, JSON.stringify(settings.scenario, null, 2));
  return {
    member: layout.stationMember,
    name: 'station',
    runDir: layout.runDir,
    socket: layout.stationSocket,
    mapPort: settings.mapPort,
    keys: {
      privateKeyFile: layout.stationKeyFile,
      rosterFile: layout.rosterFile,
      authorityPublicKeyHex,
    },
    mesh: meshOf(layout, layout.stationMeshPort),
  };
};

/** All on this machine: frames too go over its loopback only. */
const meshOf = (layout: SwarmLayout, port: number): StationConfig['mesh'] => ({
  listen: listenOn(port),
  bootstrap: [],
  mdns: false,
  multicast: { group: MULTICAST_GROUP, port: layout.multicastPort, interfaceAddress: '127.0.0.1' },
});

const agentConfig = (
  layout: SwarmLayout,
  drone: SwarmLayout['drones'][number],
  settings: SwarmSettings,
  trust: { authorityPublicKeyHex: string; operatorKeyHex: string },
): AgentConfig => ({
  sysid: drone.sysid,
  name: drone.name,
  runDir: drone.dir,
  simulated: true,
  seed: settings.seed * 1000 + drone.sysid,
  vehicle: { link: `udpin://0.0.0.0:${drone.agentPort}?remote=127.0.0.1:${drone.vehiclePort}` },
  payloadSocket: drone.payloadSocket,
  keys: {
    privateKeyFile: drone.keyFile,
    rosterFile: layout.rosterFile,
    authorityPublicKeyHex: trust.authorityPublicKeyHex,
    operators: [{ member: layout.stationMember, publicKeyHex: trust.operatorKeyHex }],
    modelSignersHex: settings.modelSignersHex,
  },
  mesh: meshOf(layout, drone.meshPort),
  modelDir: settings.modelDir,
});
