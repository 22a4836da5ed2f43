import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { EXIT } from '#protocols/fault.ts';
import { generateSigningKey } from '#protocols/gossip/signing.ts';
import { runSkein } from '../run-skein.ts';

describe('a model release that is not as it was signed', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'skein-release-'));
    cpSync('models/quad-1', directory, { recursive: true });
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  const flip = (name: string): void => {
    const path = join(directory, name);
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1] = bytes[bytes.length >> 1]! ^ 1;
    writeFileSync(path, bytes);
  };

  it('verifies as it ships', async () => {
    const { code, stdout } = await runSkein('model', 'show', directory);
    expect(code).toBe(EXIT.ok);
    expect(stdout).toContain('verified');
  });

  it('one flipped bit of the weights: exit 2, file and remedy named', async () => {
    flip('weights.bin');
    const { code, stderr } = await runSkein('--json', 'model', 'show', directory);
    expect(code).toBe(EXIT.usage);
    const { error } = JSON.parse(stderr) as { error: Record<string, unknown> };
    expect(error['code']).toBe('release-digest-mismatch');
    expect(error['data']).toMatchObject({ file: 'weights.bin' });
    expect(error['remedy']).toBeTruthy();
  });

  it('a changed manifest: the signature is wrong, exit 2', async () => {
    flip('manifest.json');
    const { code, stderr } = await runSkein('model', 'show', directory);
    expect(code).toBe(EXIT.usage);
    expect(stderr).toMatch(/manifest\.json is not what [0-9a-f]+/u);
  });

  it('signed by a stranger: refused, and no swarm is started with it', async () => {
    const { key } = generateSigningKey();
    const manifest = readFileSync(join(directory, 'manifest.json'));
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
    const signed = `${hex(key.publicKey)} ${hex(key.sign(manifest))}\n`;
    writeFileSync(join(directory, 'manifest.sig'), signed);
    const { code, stderr } = await runSkein(
      '--json',
      '--station',
      join(directory, 'station.sock'),
      'sim',
      'up',
      '--headless',
      '--run-dir',
      join(directory, 'run'),
      '--model',
      directory,
    );
    expect(code).toBe(EXIT.usage);
    expect(stderr).toContain('release-key-untrusted');
  });
});
