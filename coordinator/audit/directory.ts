import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import * as z from 'zod';

import { Fault } from '#protocols/fault.ts';
import { publicKeyFromHex } from '#protocols/gossip/identity.ts';
import { loadRoster } from '#protocols/gossip/roster-file.ts';
import type { Roster } from '#protocols/gossip/roster.ts';
import { CHAIN_FILE } from '#protocols/log/chain.ts';
import { segmentIndexOf } from '#protocols/log/segment-meta.ts';

/** run / drone / flights / flight. */
const MAX_DEPTH = 3;
const MAX_FLIGHTS = 1024;

const HEADS_FILE = 'heads.jsonl';
const STATION_FILE = 'station.json';

/**
 * The directories at or beneath `root` that hold a flight's log, in order.
 * Throws Fault 'log-not-found' (exit usage) when there is none.
 */
export const flightDirectories = (root: string): string[] => {
  const found: string[] = [];
  collect(resolve(root), 0, found);
  if (found.length > 0) return found;
  throw new Fault('log-not-found', `${root}: there is no flight log here`, {
    exit: 'usage',
    data: { file: root },
    remedy: `Name a run, e.g. .skein/run, or the directory that holds ${CHAIN_FILE} and 000001.mcap.`,
  });
};

const collect = (directory: string, depth: number, found: string[]): void => {
  if (found.length >= MAX_FLIGHTS || !isDirectory(directory)) return;
  const entries = readdirSync(directory, { withFileTypes: true });
  if (entries.some(({ name }) => name === CHAIN_FILE || segmentIndexOf(name) !== undefined)) {
    found.push(directory);
    return;
  }
  if (depth === MAX_DEPTH) return;
  const beneath = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  for (const name of beneath.sort()) collect(join(directory, name), depth + 1, found);
};

const isDirectory = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Beacons that a station kept, and whose keys it trusted. */
export interface Witness {
  /** Where the beacons stand. */
  file: string;
  envelopes: Uint8Array[];
  roster: Roster;
}

const stationSchema = z.looseObject({
  keys: z.looseObject({ rosterFile: z.string(), authorityPublicKeyHex: z.string() }),
});

const headLineSchema = z.looseObject({ envelope: z.base64().max(4096) });

/**
 * What a station wrote beside a run: `heads.jsonl` at `directory` or above it. Undefined when there is
 * none. Throws Fault 'heads-malformed', 'station-unreadable' or any of {@link loadRoster}.
 */
export const findWitness = (directory: string): Witness | undefined => {
  let place = resolve(directory);
  for (let up = 0; up <= MAX_DEPTH; up += 1) {
    if (existsSync(join(place, HEADS_FILE))) return readWitness(place);
    place = dirname(place);
  }
  return undefined;
};

const readWitness = (directory: string): Witness => {
  const file = join(directory, HEADS_FILE);
  const lines = readFileSync(file, 'utf8').split('\n');
  // What follows the last newline is empty, or a line that was never finished.
  lines.pop();
  const envelopes = lines.map((line, index) => {
    const parsed = headLineSchema.safeParse(parseJson(line));
    if (parsed.success) return Uint8Array.from(Buffer.from(parsed.data.envelope, 'base64'));
    throw new Fault('heads-malformed', `${file}:${index + 1}: not a kept beacon`, {
      exit: 'usage',
      data: { file, line: index + 1 },
      remedy: `Restore ${HEADS_FILE} from the station that kept it.`,
    });
  });
  return { file, envelopes, roster: readTrust(join(directory, STATION_FILE)) };
};

const readTrust = (file: string): Roster => {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const parsed = stationSchema.safeParse(parseJson(text));
  const key = publicKeyFromHex(parsed.data?.keys.authorityPublicKeyHex ?? '');
  if (!parsed.success || key === undefined) {
    throw new Fault('station-unreadable', `${file}: names no roster and no authority`, {
      exit: 'usage',
      data: { file, field: 'keys' },
      remedy:
        'Without it nobody can tell whose signatures to believe: restore it from the station.',
    });
  }
  return loadRoster(parsed.data.keys.rosterFile, key).roster;
};

const agentSchema = z.looseObject({
  modelDir: z.string().nullable(),
  keys: z.looseObject({ modelSignersHex: z.array(z.string()) }),
});

/** What the agent of a flight was told about its model: its `config.json`, beside `flights/`. */
export interface FlownModel {
  /** Directory of the release; null = the analytic model. */
  modelDir: string | null;
  modelSignersHex: string[];
}

/** Throws Fault 'agent-config-missing' (exit usage) when no directory above the flight holds one. */
export const findFlownModel = (flightDirectory: string): FlownModel => {
  const file = join(resolve(flightDirectory), '..', '..', 'config.json');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const parsed = agentSchema.safeParse(parseJson(text));
  if (parsed.success) {
    const { modelDir, keys } = parsed.data;
    return { modelDir, modelSignersHex: keys.modelSignersHex };
  }
  throw new Fault('agent-config-missing', `${file}: does not say which model was flown`, {
    exit: 'usage',
    data: { file, field: 'modelDir' },
    remedy: 'Restore the configuration of the agent, or replay without the plans: --no-plans.',
  });
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
