import type { MulticastSettings } from '#protocols/gossip/udp-multicast.ts';

/**
 * What the processes of one agent are told, as JSON in `<runDir>/config.json`, written by the
 * supervisor after it validated the operator's file (config-file.ts): the children trust it, so
 * that the pilot needs no schema library.
 */
export interface AgentConfig {
  /** MAVLink system id of the vehicle; also the roster's member id. */
  sysid: number;
  name: string;
  /** Sockets, logs, keys and state of this agent; created 0700. */
  runDir: string;
  /** True when the vehicle is a stand-in: demo keys are refused otherwise. */
  simulated: boolean;
  /** Seeds every random stream of the agent. */
  seed: number;
  vehicle: {
    /**
     * Where the flight controller is reached, as MAVSDK writes it (protocols/mavlink/connection-string.ts):
     * `serial:///dev/ttyAMA0:921600`, `udpin://0.0.0.0:14540?remote=127.0.0.1:14580`, `tcpout://HOST:PORT`.
     */
    link: string;
    /** MAVLink 2 signing with the flight controller; left out = unsigned (PX4 before v1.17 knows none). */
    signing?: VehicleSigning | undefined;
  };
  /** Unix socket of the detector; null = none fitted. */
  payloadSocket: string | null;
  keys: {
    /** PKCS#8 PEM of the agent's Ed25519 key, 0600. */
    privateKeyFile: string;
    /** A signed roster (protocols/gossip/roster.ts in its envelope bytes). */
    rosterFile: string;
    /** Hex of the authority's raw Ed25519 public key: the root of all trust. */
    authorityPublicKeyHex: string;
    /** Operators whom the pilot believes until its mesh brings a roster: member id and hex of the raw key. */
    operators: { member: number; publicKeyHex: string }[];
    /** Hex of the raw Ed25519 keys whose model releases may fly. */
    modelSignersHex: string[];
  };
  mesh: {
    /** libp2p multiaddrs to listen on, QUIC and TCP. */
    listen: string[];
    /** Multiaddrs with /p2p/ peer ids to dial; the roster's addresses are added. */
    bootstrap: string[];
    mdns: boolean;
    /** The fast lane: UDP multicast, the same for all members; left out = gossip carries all. */
    multicast?: MulticastSettings | undefined;
  };
  /** Directory of the signed model release; null = fly by the analytic model. */
  modelDir: string | null;
}

export interface VehicleSigning {
  /** required: only what is signed right is believed. optional: what is unsigned too. */
  policy: 'required' | 'optional';
  /** The secret that the flight controller has too (`skein vehicle signing enable`), mode 0600. */
  keyFile: string;
  /** Tells the links of this companion apart, 0–255. */
  linkId: number;
}

/** Names of the Unix sockets inside an agent's run directory. */
export const AGENT_SOCKETS = {
  pilot: 'pilot.sock',
  mesh: 'mesh.sock',
  recorder: 'recorder.sock',
} as const;
