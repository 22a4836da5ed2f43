import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { violationsOf, type Source } from './rules.ts';

const projectSources = (): Source[] =>
  execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts'], { encoding: 'utf8' })
    .split('\n')
    .filter((path) => path !== '')
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));

const rulesBrokenBy = (path: string, text: string): string[] =>
  violationsOf([{ path, text }]).map((violation) => violation.rule);

describe('the house', () => {
  it('keeps its own rules', () => {
    const sources = projectSources();
    expect(sources.length).toBeGreaterThan(50);
    expect(violationsOf(sources)).toEqual([]);
  });

  it.each([
    ['tower', 'protocols/a.ts', `import { x } from '#world/model.ts';`],
    ['tower', 'world/a.ts', `import type { X } from '#agent/config.ts';`],
    ['tower', 'agent/a.ts', `const { x } = await import('#sim/vehicle.ts');`],
    ['tower', 'sim/a.ts', `export type { X } from '#coordinator/cli.ts';`],
    ['tower', 'agent/a.ts', `let x: import('#sim/vehicle.ts').Vehicle;`],
    ['wall', 'agent/pilot/a.ts', `import { plan } from '../mind/plan/safe.ts';`],
    ['wall', 'agent/pilot/guard/a.ts', `import type { M } from '#world/model.ts';`],
    ['wall', 'agent/pilot/guard/checks/a.ts', `import { x } from '../../act/phase.ts';`],
    ['cross-room', 'agent/a.ts', `import { x } from '../protocols/time.ts';`],
    ['door', 'agent/pilot/tick.ts', `import { createSocket } from 'node:dgram';`],
    ['door', 'world/latent.ts', `import * as ort from 'onnxruntime-node';`],
    ['door', 'agent/mesh/tick.ts', `import { createLibp2p } from 'libp2p';`],
    ['door', 'protocols/log/chain.ts', `import fs from 'fs';`],
    ['door', 'agent/mind/tick.ts', `import { createHash, randomBytes } from 'node:crypto';`],
    ['clock', 'agent/mind/tick.ts', `const now = Date.now();`],
    ['clock', 'sim/physics/wind.ts', `const gust = Math.random();`],
    ['length', 'world/a.ts', '\n'.repeat(301)],
    ['drawer', 'world/utils.ts', ''],
    ['drawer', 'agent/mind/helpers/a.ts', ''],
    ['undefended', 'agent/a.ts', `startMember({ undefended: {} });`],
    ['barrel', 'world/a.ts', `export * from './model.ts';`],
  ])('sees the planted fault: %s in %s', (rule, path, text) => {
    expect(rulesBrokenBy(path, text)).toContain(rule);
  });

  it.each([
    ['agent/pilot/tick.ts', `import { x } from '#protocols/trajectory.ts';`],
    ['sim/a.ts', `import { x } from '#agent/pilot/tick.ts';`],
    ['world/session.ts', `import * as ort from 'onnxruntime-node';`],
    ['agent/mind/tick.ts', `// Date.now() would break replay`],
    ['protocols/log/chain.ts', `import { createHash } from 'node:crypto';`],
  ])('lets %s do what it may', (path, text) => {
    expect(rulesBrokenBy(path, text)).toEqual([]);
  });
});
