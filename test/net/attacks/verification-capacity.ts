import { generateSigningKey, verifySignature } from '#protocols/gossip/signing.ts';

const COUNT = 2000;

/** Signatures that a second of this machine's processor verifies. */
export const verificationsPerCpuS = (): number => {
  const { key } = generateSigningKey();
  const bytes = new Uint8Array(90);
  const signature = key.sign(bytes);
  const before = process.cpuUsage();
  for (let time = 0; time < COUNT; time += 1) verifySignature(key.publicKey, bytes, signature);
  const { user, system } = process.cpuUsage(before);
  return (1e6 * COUNT) / (user + system);
};
