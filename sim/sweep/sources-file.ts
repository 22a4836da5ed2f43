import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { PlannerModel } from '#agent/mind/plan/open-planner.ts';

/** What a history depends on: the rooms that fly, and the versions of what they use. */
const ROOMS = ['protocols', 'world', 'agent', 'sim'];
const LOCK = 'package-lock.json';
/** Of a model's release: holds the digests of all its other files. */
const MANIFEST = 'manifest.json';

/**
 * Digest of everything that flies an episode, the learned model too: machines with the same one fly the
 * same histories.
 * @param digest of bytes, hex.
 */
export const sourcesDigest = (
  digest: (bytes: Uint8Array) => string,
  { modelDir }: Pick<PlannerModel, 'modelDir'>,
): string => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const lines: string[] = [];
  const add = (path: string): void => {
    lines.push(`${path} ${digest(readFileSync(join(root, path)))}`);
  };
  for (const room of ROOMS) {
    const paths = readdirSync(join(root, room), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(root.length))
      .sort();
    for (const path of paths) add(path);
  }
  // An image of a release may lack it; it then has one set of versions anyway.
  if (readdirSync(root).includes(LOCK)) add(LOCK);
  const manifest = modelDir === null ? undefined : join(modelDir, MANIFEST);
  if (manifest !== undefined && existsSync(manifest)) {
    lines.push(`model ${digest(readFileSync(manifest))}`);
  }
  return digest(Buffer.from(lines.join('\n')));
};
