import { join, resolve } from 'node:path';

import { Fault } from '#protocols/fault.ts';
import { loadRoster } from '#protocols/gossip/roster-file.ts';
import { generateSigningKey, verifySignature } from '#protocols/gossip/signing.ts';
import type { Mission } from '#protocols/mission/mission.ts';
import { systemClock } from '#protocols/system-clock.ts';
import type { ScenarioInput } from '#sim/scenario.ts';
import { swarmLayout, type SwarmLayout } from '#sim/swarm/layout.ts';
import { writeRunDirectory, type StationConfig } from '#sim/swarm/run-directory.ts';
import { scenarioOf } from '#sim/swarm/scenario-of.ts';
import { findPx4 } from '#sim/swarm/start-autopilots.ts';
import type { Px4Source } from '#sim/swarm/start-swarm.ts';
import { readReleaseFiles } from '#world/release/release-file.ts';
import { loadRelease } from '#world/release/release.ts';
import { loadMission } from '../mission/load.ts';
import { keepAuthority } from '../roster/authority-directory.ts';
import { requireNoStation } from '../station/server.ts';
import type { Context } from './context.ts';
import { trustedModelSigners } from './model-signers-file.ts';

export interface SimOptions {
  drones: number;
  seed: number;
  missionFile: string;
  runDir: string;
  mapPort: number;
  portOffset: number;
  headless: boolean;
  modelDir: string | null;
  px4: Px4Options;
}

/** What the person asked for: our stand-ins, PX4 processes started here, or PX4s that run already. */
export interface Px4Options {
  kind: 'stand-in' | 'sitl' | 'external';
  binary: string | undefined;
  etcDir: string | undefined;
}

/** Everything that the processes of a swarm need, on disk. */
export interface PreparedSwarm {
  mission: Mission;
  layout: SwarmLayout;
  scenario: ScenarioInput;
  stationConfig: StationConfig;
  px4: Px4Source;
}

/** Twice the missions' minimum separation, with room for GPS noise on both sides. */
const HOME_SPACING_M = 10;
const MAX_DRONES = 10;

/**
 * Checks what was asked for and writes the run directory, which replaces an older one. Throws the
 * Faults of its parts, all before anything is replaced: `usage`, those of the mission, the release,
 * {@link findPx4}, and `station-running`.
 */
export const prepareSwarm = async (
  context: Context,
  options: SimOptions,
): Promise<PreparedSwarm> => {
  checkOptions(options);
  const px4 = px4Source(options);
  const mission = loadMission(options.missionFile);
  // Here and not only on board, where a bad release means that the analytic model flies.
  if (options.modelDir !== null) {
    loadRelease(readReleaseFiles(options.modelDir), trustedModelSigners(), verifySignature);
  }
  const layout = swarmLayout({
    runDir: resolve(options.runDir),
    stationSocket: context.stationSocket,
    drones: options.drones,
    portOffset: options.portOffset,
    homeSpacingM: Math.max(HOME_SPACING_M, 2 * mission.minSeparationM),
  });
  // Before anything of an older run is replaced: it may be the one that is running.
  await requireNoStation(layout.stationSocket);
  const scenario = scenarioOf(mission, layout, options.seed);
  const authority = generateSigningKey();
  const stationConfig = writeRunDirectory(layout, {
    swarm: `sim-${options.seed}`,
    seed: options.seed,
    modelDir: options.modelDir === null ? null : resolve(options.modelDir),
    modelSignersHex: trustedModelSigners(),
    mapPort: options.headless ? -1 : options.mapPort,
    scenario,
    unixS: Number(systemClock.unixUs() / 1_000_000n),
    authority: authority.key,
  });
  // For "skein roster" on a simulated swarm; the next run has another.
  const { roster, bytes } = loadRoster(layout.rosterFile, authority.key.publicKey);
  keepAuthority(join(layout.runDir, 'authority'), authority, roster, bytes);
  return { mission, layout, scenario, stationConfig, px4 };
};

const checkOptions = ({ drones, px4, portOffset }: SimOptions): void => {
  if (drones < 1 || drones > MAX_DRONES) {
    throw new Fault('usage', `--drones is ${drones}: 1 to ${MAX_DRONES} fit one machine`, {
      exit: 'usage',
      data: { option: '--drones', value: drones },
      remedy: 'Every drone is five processes; choose fewer.',
    });
  }
  if (px4.kind === 'sitl' && portOffset !== 0) {
    throw new Fault('usage', '--port-offset does not go with --px4 sitl', {
      exit: 'usage',
      data: { option: '--port-offset', value: portOffset },
      remedy: 'PX4 takes its ports from its instance number: stop the other swarm instead.',
    });
  }
};

const px4Source = ({ px4 }: SimOptions): Px4Source =>
  px4.kind === 'sitl' ? findPx4(px4.binary, px4.etcDir) : px4.kind;
