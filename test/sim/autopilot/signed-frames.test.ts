import { CommandLong, SetupSigning } from 'mavlink-mappings/dist/lib/common.js';
import { expect, it } from 'vitest';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import { Signing, signingKeyFromPassphrase } from '#protocols/mavlink/signing.ts';
import { Companion } from '../companion.ts';

const CURRENT_MODE = 436;

it('takes signed frames, asks for none, and signs nothing after SETUP_SIGNING, as PX4 does', () => {
  const companion = new Companion({ scenario: { profile: '1.15' } });
  const setup = new SetupSigning();
  setup.targetSystem = 7;
  setup.targetComponent = 1;
  setup.secretKey = Array.from({ length: 32 }, (_, index) => index);
  companion.send(setup);

  const signing = new Signing({ linkId: 1, key: signingKeyFromPassphrase('other') });
  const request = new CommandLong();
  request.command = 512;
  request.targetSystem = 7;
  request.targetComponent = 1;
  request._param1 = CURRENT_MODE;
  const framer = new Framer();
  framer.push(signing.sign(new Encoder(245, 191).encode(request), 1_780_000_000_000_000n));
  const signed = framer.next()!;
  expect(signed.signature).toHaveLength(13);
  companion.vehicle.receive([signed]);
  companion.run(0.2);
  expect(companion.acks.map(({ command, result }) => [command, result])).toEqual([[512, 0]]);
  expect(companion.command(512, CURRENT_MODE)).toBe(0);
  expect(companion.frames.length).toBeGreaterThan(30);
  expect(companion.frames.filter(({ signature }) => signature !== undefined)).toEqual([]);
});
