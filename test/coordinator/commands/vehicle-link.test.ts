import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RadioStatus } from 'mavlink-mappings/dist/lib/common.js';
import { Heartbeat, MavAutopilot } from 'mavlink-mappings/dist/lib/minimal.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { withVehicle, type LinkFlags } from '#coordinator/commands/vehicle-link.ts';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { Signing } from '#protocols/mavlink/signing.ts';
import { openUdpLink, type UdpLink } from '#protocols/mavlink/udp.ts';
import { systemClock } from '#protocols/system-clock.ts';

const KEY_BYTE = '5a';
const SYSID = 3;

let directory = '';
let end: UdpLink;
let timer: NodeJS.Timeout | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'skein-vehicle-link-'));
});
afterEach(async () => {
  clearInterval(timer);
  await end.close();
  rmSync(directory, { recursive: true });
});

const freePort = async (): Promise<number> => {
  const probe = await openUdpLink({ local: { address: '127.0.0.1', port: 0 } });
  await probe.close();
  return probe.local.port;
};

/** What comes over one line: the autopilot's heartbeats, and what else a test puts between them. */
const startLine = async (
  makes: (signer: Signing, unixUs: bigint) => Uint8Array[],
): Promise<LinkFlags> => {
  const port = await freePort();
  end = await openUdpLink({
    local: { address: '127.0.0.1', port: 0 },
    remote: { address: '127.0.0.1', port },
  });
  const signer = new Signing({ key: Buffer.from(KEY_BYTE.repeat(32), 'hex'), linkId: 0 });
  timer = setInterval(() => {
    for (const packet of makes(signer, systemClock.unixUs())) end.send(packet);
  }, 50);
  return { link: `udp://127.0.0.1:${port}`, sysid: String(SYSID), timeout: '3' };
};

const autopilot = new Encoder(SYSID, 1);
const companion = new Encoder(SYSID, 191);
const modem = new Encoder(51, 68);

const heartbeat = (kind: MavAutopilot): Heartbeat =>
  Object.assign(new Heartbeat(), { autopilot: kind, mavlinkVersion: 3 });

const keyFile = (): string => {
  const file = join(directory, 'swarm.key');
  writeFileSync(file, KEY_BYTE.repeat(32), { mode: 0o600 });
  return file;
};

const sysidOf = (flags: LinkFlags): Promise<number> =>
  withVehicle(flags, (session) => Promise.resolve(session.vehicle.sysid));

describe('a vehicle on a line where others speak too', () => {
  it('is reached with its key, though the modem and a camera do not sign', async () => {
    const flags = await startLine((signer, unixUs) => [
      modem.encode(new RadioStatus()),
      companion.encode(heartbeat(MavAutopilot.INVALID)),
      signer.sign(autopilot.encode(heartbeat(MavAutopilot.PX4)), unixUs),
    ]);
    expect(await sysidOf({ ...flags, signingKey: keyFile() })).toBe(SYSID);
  });

  it('is reached without a key, though its companion signs', async () => {
    const flags = await startLine((signer, unixUs) => [
      signer.sign(companion.encode(heartbeat(MavAutopilot.INVALID)), unixUs),
      autopilot.encode(heartbeat(MavAutopilot.PX4)),
    ]);
    expect(await sysidOf(flags)).toBe(SYSID);
  });

  it('is reached with its key, though somebody sends what is signed with another', async () => {
    const other = new Signing({ key: new Uint8Array(32).fill(1), linkId: 0 });
    const flags = await startLine((signer, unixUs) => [
      other.sign(companion.encode(heartbeat(MavAutopilot.INVALID)), unixUs),
      signer.sign(autopilot.encode(heartbeat(MavAutopilot.PX4)), unixUs),
    ]);
    expect(await sysidOf({ ...flags, signingKey: keyFile() })).toBe(SYSID);
  });

  it('that signs itself wants the key', async () => {
    const flags = await startLine((signer, unixUs) => [
      signer.sign(autopilot.encode(heartbeat(MavAutopilot.PX4)), unixUs),
    ]);
    await expect(sysidOf(flags)).rejects.toMatchObject({ code: 'vehicle-signs' });
  });

  it('that signs with another key, or not at all, says which', async () => {
    const flags = await startLine((signer, unixUs) => [
      signer.sign(autopilot.encode(heartbeat(MavAutopilot.PX4)), unixUs),
    ]);
    const file = join(directory, 'other.key');
    writeFileSync(file, '5b'.repeat(32), { mode: 0o600 });
    const wrong = sysidOf({ ...flags, signingKey: file, timeout: '1' });
    await expect(wrong).rejects.toMatchObject({ code: 'signing-key-wrong' });
    clearInterval(timer);
    await end.close();
    const bare = await startLine(() => [autopilot.encode(heartbeat(MavAutopilot.PX4))]);
    const needless = sysidOf({ ...bare, signingKey: keyFile(), timeout: '1' });
    await expect(needless).rejects.toMatchObject({ code: 'vehicle-unsigned' });
  });
});
