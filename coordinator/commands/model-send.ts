import { setTimeout as sleep } from 'node:timers/promises';

import { EXIT, Fault } from '#protocols/fault.ts';
import type { MeshReport } from '#protocols/gossip/mesh-report.ts';
import { MAX_CONTENT_BYTES } from '#protocols/gossip/pieces.ts';
import { verifySignature } from '#protocols/gossip/signing.ts';
import { systemClock } from '#protocols/system-clock.ts';
import { packRelease } from '#world/release/pack.ts';
import { readReleaseFiles } from '#world/release/release-file.ts';
import { loadRelease } from '#world/release/release.ts';
import type { Context } from './context.ts';
import { trustedModelSigners } from './model-signers-file.ts';

const POLL_MS = 200;
const SAY_MS = 2000;

interface SendOptions {
  directory: string;
  timeoutS: number;
}

/** How much of the content a drone has. */
interface Arrival {
  member: number;
  name: string;
  state: 'whole' | 'on its way' | 'silent';
  /** Pieces of the content that are there; null: it has not said. */
  present: number | null;
}

/**
 * `skein model send`: a verified release into the mesh, piece by piece to every drone. Exit partial: a
 * reachable drone has not all of it in time; it goes on while the station runs.
 */
export const runModelSend = async (
  context: Context,
  { directory, timeoutS }: SendOptions,
): Promise<number> => {
  const files = readReleaseFiles(directory);
  const { manifest } = loadRelease(files, trustedModelSigners(), verifySignature);
  const { name, version } = manifest;
  const pack = packRelease(files);
  if (pack.length > MAX_CONTENT_BYTES) {
    throw new Fault('release-too-large', `${directory} has ${pack.length} bytes`, {
      data: { file: directory, bytes: pack.length, most: MAX_CONTENT_BYTES },
      remedy: `The mesh carries contents of up to ${MAX_CONTENT_BYTES} bytes; copy this one by hand.`,
      exit: 'usage',
    });
  }
  const startedMs = systemClock.monotonicMs();
  const content = Buffer.from(pack).toString('base64');
  const offered = { name, version, content };
  const { pieces } = (await context.station.call('POST', '/release', offered)) as {
    pieces: number;
  };
  let saidMs = startedMs;
  for (;;) {
    const report = (await context.station.call('GET', '/mesh')) as MeshReport;
    const arrivals = arrivalsIn(report, { name, version, pieces });
    const nowMs = systemClock.monotonicMs();
    const isDone = arrivals.every(({ state }) => state !== 'on its way');
    if (isDone || nowMs - startedMs > timeoutS * 1000) {
      return conclude(context, { name, version, pieces, bytes: pack.length }, arrivals, {
        afterMs: Math.round(nowMs - startedMs),
      });
    }
    if (nowMs - saidMs > SAY_MS) {
      saidMs = nowMs;
      const parts = arrivals.map((one) => `${one.name} ${one.present ?? 0}/${pieces}`);
      context.output.say(parts.join(', '));
    }
    await sleep(POLL_MS);
  }
};

const arrivalsIn = (
  { contents, peers }: MeshReport,
  { name, version, pieces }: { name: string; version: number; pieces: number },
): Arrival[] => {
  const content = contents.find((one) => one.name === name && one.version === version);
  const presentAt = new Map(content?.others.map(({ member, present }) => [member, present]));
  return peers
    .filter(({ role }) => role === 'drone')
    .map((peer) => {
      const present = presentAt.get(peer.member) ?? null;
      const state = present === pieces ? 'whole' : peer.path === 'silent' ? 'silent' : 'on its way';
      return { member: peer.member, name: peer.name, state, present };
    });
};

const conclude = (
  context: Context,
  content: { name: string; version: number; pieces: number; bytes: number },
  drones: readonly Arrival[],
  { afterMs }: { afterMs: number },
): number => {
  const count = (state: Arrival['state']): number =>
    drones.filter((one) => one.state === state).length;
  const reachable = drones.length - count('silent');
  const { name, version, pieces, bytes } = content;
  context.output.data(
    { ...content, afterMs, reachable, whole: count('whole'), drones },
    () =>
      `${name} version ${version}, ${(bytes / 1000).toFixed(0)} kB in ${pieces} pieces: whole at ${count('whole')} of ` +
      `${reachable} reachable drones after ${(afterMs / 1000).toFixed(1)} s` +
      `${count('silent') > 0 ? `; ${count('silent')} silent, served when they are heard again` : ''}\n` +
      context.output.table(
        ['drone', 'state', 'pieces'],
        drones.map((one) => [
          `${one.member} ${one.name}`,
          one.state,
          one.present === null ? '–' : `${one.present}/${pieces}`,
        ]),
      ),
  );
  return count('on its way') === 0 ? EXIT.ok : EXIT.partial;
};
