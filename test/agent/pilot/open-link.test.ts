import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AgentConfig } from '#agent/config.ts';
import { openPilotLink } from '#agent/pilot/open-link.ts';

let runDir = '';
beforeEach(() => {
  runDir = mkdtempSync(join(tmpdir(), 'skein-open-link-'));
});
afterEach(() => rmSync(runDir, { recursive: true }));

/** What the pilot reads takes 5.2 kB/s, and 6.3 kB/s with signatures; of 70,000 baud 5.6 are usable. */
test('signatures count for what a serial line must carry', async () => {
  const keyFile = join(runDir, 'link.key');
  writeFileSync(keyFile, '5a'.repeat(32), { mode: 0o600 });
  const link = 'serial:///dev/ttyNOWHERE:70000';
  const opened = (signing?: AgentConfig['vehicle']['signing']): Promise<unknown> =>
    openPilotLink({ sysid: 1, runDir, vehicle: { link, signing } } as AgentConfig);
  await expect(opened()).rejects.toMatchObject({ code: 'serial-missing' });
  await expect(opened({ policy: 'required', keyFile, linkId: 1 })).rejects.toMatchObject({
    code: 'link-too-slow',
  });
});
