import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readSigningKey, SigningStateFile } from '#protocols/mavlink/signing-file.ts';
import { signingKeyFromPassphrase } from '#protocols/mavlink/signing.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'skein-signing-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const keyFile = (text: string, mode = 0o600): string => {
  const file = join(directory, 'link.key');
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
};

describe('the key of a signed link', () => {
  test('is 64 hex digits, or a passphrase', () => {
    expect(readSigningKey(keyFile(`${'0f'.repeat(32)}\n`))).toEqual(new Uint8Array(32).fill(15));
    expect(readSigningKey(keyFile('passphrase:open sesame\n'))).toEqual(
      signingKeyFromPassphrase('open sesame'),
    );
  });

  test.each([
    ['too short', '0f0f', 0o600, 'signing-key-invalid'],
    ['all zero, which PX4 takes for "no signing"', '00'.repeat(32), 0o600, 'signing-key-invalid'],
    ['an empty passphrase', 'passphrase:', 0o600, 'signing-key-invalid'],
    ['readable by others', '0f'.repeat(32), 0o644, 'signing-key-open'],
  ])('%s is refused', (_, text, mode, code) => {
    const file = keyFile(text, mode);
    expect(() => readSigningKey(file)).toThrow(
      expect.objectContaining({ code, data: expect.objectContaining({ file }) }),
    );
  });

  test.each([
    ['a directory', () => directory],
    ['far too long to be one', () => keyFile('0'.repeat(1 << 20))],
  ])('%s is refused, and not read', (_, file) => {
    expect(() => readSigningKey(file())).toThrow(
      expect.objectContaining({ code: 'signing-key-unreadable', exit: 'usage' }),
    );
  });

  test('missing is said, with how to make one', () => {
    expect(() => readSigningKey(join(directory, 'none'))).toThrow(
      expect.objectContaining({ code: 'signing-key-missing' }),
    );
  });
});

const KEY = new Uint8Array(32).fill(1);
const NEW_KEY = new Uint8Array(32).fill(2);
const STREAMS = [{ sysid: 1, compid: 1, linkId: 0, timestamp: 4 }];

const write = async (file: SigningStateFile, timestamp: number): Promise<void> => {
  file.write({ timestamp, streams: STREAMS }, (error) => expect.unreachable(String(error)));
  await vi.waitFor(() => expect(file.read()?.timestamp).toBe(timestamp));
};

describe('the signing state', () => {
  test('survives on disk, for its owner alone', async () => {
    const path = join(directory, 'signing.json');
    const file = new SigningStateFile(path, KEY);
    expect(file.read()).toBeUndefined();
    for (let timestamp = 1; timestamp <= 5; timestamp += 1) await write(file, timestamp);
    expect(new SigningStateFile(path, KEY).read()).toEqual({ timestamp: 5, streams: STREAMS });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('of another key is forgotten: nothing was recorded with the new one, and a spoilt time ends', async () => {
    const path = join(directory, 'signing.json');
    await write(new SigningStateFile(path, KEY), 2 ** 48 - 1);
    const file = new SigningStateFile(path, NEW_KEY);
    expect(file.read()).toBeUndefined();
    await write(file, 7);
    expect(readFileSync(path, 'utf8')).not.toContain('02'.repeat(8));
  });

  test('that is there and cannot be read stops the start', () => {
    expect(() => new SigningStateFile(directory, KEY).read()).toThrow(
      expect.objectContaining({ code: 'signing-state-unreadable', exit: 'refused' }),
    );
  });
});
