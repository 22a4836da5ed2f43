import { mkdtempSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { attachSignature, encodeUnsigned } from '#protocols/gossip/envelope.ts';
import { encodePayload } from '#protocols/gossip/codec.ts';
import { hexFromBytes } from '#protocols/gossip/identity.ts';
import { saveRoster } from '#protocols/gossip/roster-file.ts';
import { signRoster } from '#protocols/gossip/signed-roster.ts';
import { generateSigningKey, type SigningKey } from '#protocols/gossip/signing.ts';
import { makeDisk } from '#protocols/log/disk.ts';
import type { LogHead } from '#protocols/log/log-head.ts';
import type { LogRecord } from '#protocols/log/record.ts';
import { FlightWriter } from '#protocols/log/writer.ts';

const timeAt = (monotonicMs: number) => ({
  monotonicMs,
  unixUs: 1_790_000_000_000_000n + BigInt(monotonicMs * 1000),
});

const eventRecord = (index: number, word: string): LogRecord => {
  const { monotonicMs, unixUs } = timeAt(20 * index);
  return {
    channel: index % 2 === 0 ? 'process/event' : 'versions',
    monotonicMs,
    logTimeUs: unixUs,
    payload: new TextEncoder().encode(JSON.stringify({ index, word })),
  };
};

export interface FlightPlan {
  sysid: number;
  bootEpoch: number;
  /** What its records say. */
  word?: string;
  /** False: the recorder is killed before it ends the flight. */
  ended?: boolean;
}

/** Records twelve records in several segments, or one open one; the heads are what a drone would sign. */
export const recordFlight = async (directory: string, plan: FlightPlan): Promise<LogHead[]> => {
  const { sysid, bootEpoch, word = 'sound', ended = true } = plan;
  const info = { flight: `flight-${bootEpoch}`, sysid, bootEpoch, versions: { skein: 'test' } };
  const writer = await FlightWriter.open(await makeDisk(directory), info, timeAt(0), {
    segmentMs: ended ? 100 : 10_000,
  });
  const heads: LogHead[] = [];
  for (let index = 0; index < 12; index += 1) {
    writer.append(eventRecord(index, word));
    if (index % 3 === 2) heads.push(...(await writer.commit(timeAt(60 * index))).heads);
  }
  heads.push(...(await writer.close(timeAt(900))).heads);
  if (!ended) tearOff(directory);
  return heads;
};

/** As a crash leaves it: one segment that was never closed, its last bytes missing. */
const tearOff = (directory: string): void => {
  const chain = join(directory, 'chain.jsonl');
  writeFileSync(chain, readFileSync(chain, 'utf8').split('\n', 1).concat('').join('\n'));
  const segment = join(directory, '000001.mcap');
  truncateSync(segment, statSync(segment).size - 7);
};

export const temporaryDirectory = (): string => mkdtempSync(join(tmpdir(), 'skein-audit-'));

/** A run directory as a station leaves it: keys, roster, and nothing heard yet. */
export interface StationFiles {
  directory: string;
  droneKeys: Map<number, SigningKey>;
  /** Writes heads.jsonl: one beacon for every head. */
  keepHeads(heads: { sysid: number; bootEpoch: number; head: LogHead; forged?: boolean }[]): void;
}

export const stationFiles = (sysids: number[]): StationFiles => {
  const directory = temporaryDirectory();
  const authority = generateSigningKey().key;
  const droneKeys = new Map(sysids.map((sysid) => [sysid, generateSigningKey().key]));
  const members = [...droneKeys].map(([id, { publicKey }]) => ({
    id,
    name: `drone-${id}`,
    role: 'drone' as const,
    publicKey: Uint8Array.from(publicKey),
    addresses: [],
  }));
  const rosterFile = join(directory, 'roster.bin');
  saveRoster(
    rosterFile,
    signRoster({ swarm: 'test', epoch: 1, expiresUnixS: 4e9, members }, authority.sign),
  );
  const keys = { rosterFile, authorityPublicKeyHex: hexFromBytes(authority.publicKey) };
  writeFileSync(join(directory, 'station.json'), JSON.stringify({ keys }));
  const stranger = generateSigningKey().key;
  return {
    directory,
    droneKeys,
    keepHeads: (heads) => {
      const lines = heads.map(({ sysid, bootEpoch, head, forged }, index) => {
        const signer = forged === true ? stranger : droneKeys.get(sysid)!;
        const envelope = beaconEnvelope(sysid, bootEpoch, index, head, signer);
        return `${JSON.stringify({ unixMs: index, sysid, envelope: Buffer.from(envelope).toString('base64') })}\n`;
      });
      writeFileSync(join(directory, 'heads.jsonl'), lines.join(''));
    },
  };
};

const beaconEnvelope = (
  sysid: number,
  bootEpoch: number,
  sequence: number,
  head: LogHead,
  key: SigningKey,
): Uint8Array => {
  const payload = encodePayload('beacon', {
    sysid,
    phase: 'offboard',
    armed: true,
    mode: 'OFFBOARD',
    latE7: 473_977_420,
    lonE7: 85_455_940,
    altAmslCm: 50_800,
    velocityCmps: [0, 0, 0],
    positionStdCm: 30,
    batteryPercent: 80,
    goal: null,
    progressPermille: 0,
    task: null,
    taskDigest: 0,
    directive: null,
    reason: '',
    planSource: 'none',
    model: '',
    logHead: [head.link, head.head.slice(0, 8)],
    echoes: [],
    troubles: [],
  });
  const unsigned = encodeUnsigned(
    { topic: 'beacon', author: sysid, rosterEpoch: 1, bootEpoch, sequence, sentMs: 0 },
    payload,
  );
  return attachSignature(unsigned, key.sign(unsigned));
};
