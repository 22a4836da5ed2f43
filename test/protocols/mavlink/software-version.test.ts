import { expect, test } from 'vitest';
import { AutopilotVersion } from 'mavlink-mappings/dist/lib/standard.js';
import { decode } from '#protocols/mavlink/codec.ts';
import { softwareVersionOf } from '#protocols/mavlink/software-version.ts';
import { hasRecordings, recordingOf } from './tlog-packets.ts';

test.skipIf(!hasRecordings).each([
  ['boot-params', '1.15.4-dev', '99c40407ff'],
  ['v1.18beta-boot-params', '1.18.0-beta', '6a1c532983'],
])('the version of %s is read as people write it', (name, text, gitHash) => {
  const packet = recordingOf(name).vehicle.find(({ frame }) => frame.msgid === 148);
  const message = decode(packet!.frame) as AutopilotVersion;
  expect(softwareVersionOf(message)).toMatchObject({ text, gitHash });
});

test.each([
  [0x010f_04ff, '1.15.4'],
  [0x0112_00c0, '1.18.0-rc'],
  [0x0112_0040, '1.18.0-alpha'],
  [0xffff_ffff, '255.255.255'],
])('%i is %s', (flightSwVersion, text) => {
  const message = Object.assign(new AutopilotVersion(), { flightSwVersion, capabilities: 0n });
  expect(softwareVersionOf(message).text).toBe(text);
});
