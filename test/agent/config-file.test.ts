import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readAgentConfig } from '#agent/config-file.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'skein-config-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const written = (link: string, more = ''): string => {
  const file = join(directory, 'agent.yaml');
  writeFileSync(
    file,
    `sysid: 3
name: quad-3
runDir: /var/lib/skein
simulated: false
seed: 3
vehicle:
  link: "${link}"
${more}payloadSocket: null
keys:
  privateKeyFile: key.pem
  rosterFile: roster
  authorityPublicKeyHex: ${'ab'.repeat(32)}
  operators: []
  modelSignersHex: []
mesh: { listen: [/ip4/0.0.0.0/tcp/9000], bootstrap: [], mdns: true }
modelDir: null
`,
  );
  return file;
};

test.each([
  'serial:///dev/ttyAMA0:921600',
  'serial:///dev/ttyTHS1:921600?flow=rtscts',
  'udpin://0.0.0.0:14540?remote=127.0.0.1:14580',
  'tcpout://192.168.1.20:5760',
])('a vehicle is configured by its link: %s', (link) => {
  expect(readAgentConfig(written(link)).vehicle).toEqual({ link });
});

test('a link that is none is refused with line, field and how it is written', () => {
  const file = written('/dev/ttyAMA0');
  expect(() => readAgentConfig(file)).toThrow(
    expect.objectContaining({
      code: 'config-field',
      exit: 'usage',
      data: { file, line: 7, field: 'vehicle.link' },
      message: expect.stringContaining('serial:///dev/ttyAMA0:921600'),
    }),
  );
});

test('a signed link has a policy and a key; a policy that is none is refused', () => {
  const link = 'udpin://0.0.0.0:14540';
  const signed = (policy: string): string =>
    `  signing: { policy: ${policy}, keyFile: link.key }\n`;
  expect(readAgentConfig(written(link, signed('required'))).vehicle).toEqual({
    link,
    signing: { policy: 'required', keyFile: 'link.key', linkId: 1 },
  });
  expect(() => readAgentConfig(written(link, signed('sometimes')))).toThrow(
    expect.objectContaining({ data: expect.objectContaining({ field: 'vehicle.signing.policy' }) }),
  );
});
