import { setTimeout as sleep } from 'node:timers/promises';

import {
  BARE,
  GUARDED,
  HONEST,
  hexOf,
  nowMs,
  OPERATOR,
  Siege,
  STOLEN,
} from '../../net/attacks/siege.ts';
import { quantile } from '../bench.ts';
import { LOSS } from './flight.ts';
import type { Part } from './parts.ts';

const HEARERS = [GUARDED, BARE, HONEST, OPERATOR];
const PATIENCE_MS = 30_000;

/** From the operator's roster to the last member's going by it and having hung up; Infinity: not in time. */
const revokeOnce = async (loss: number): Promise<{ seconds: number; heardAfter: number }> => {
  const siege = await Siege.begin({ gossipOnly: false });
  try {
    const { swarm } = siege;
    await siege.connect(HEARERS);
    if (loss > 0) swarm.network.lose(loss);
    await sleep(1000);
    const signedHex = hexOf(swarm.enrolment.revoke(2, STOLEN));
    const fromMs = nowMs();
    await swarm.tell(OPERATOR, { do: 'roster', signedHex });
    const isOut = await siege.until(async (accounts) => {
      if (![...accounts.values()].every(({ status }) => status.rosterEpoch === 2)) return false;
      const seen = await Promise.all(HEARERS.map((member) => siege.seen(member)));
      return seen.every(({ openConnections }) => openConnections === 0);
    }, PATIENCE_MS);
    const seconds = isOut ? (nowMs() - fromMs) / 1000 : Infinity;
    swarm.network.lose(0);
    const after = siege.promise(STOLEN);
    for (const member of HEARERS) await siege.say(member, [after.envelope]).catch(() => undefined);
    const heard = await siege.heard(STOLEN, [after.name]);
    return { seconds, heardAfter: [...heard.values()].flat().length };
  } finally {
    await siege.end();
  }
};

/** A stolen key that is revoked while its thief is connected to all. */
export const revokePart: Part = async ({ short, tell }) => {
  const seconds: number[] = [];
  let heardAfter = 0;
  const tries = short ? 2 : 10;
  for (let tried = 0; tried < tries; tried += 1) {
    const one = await revokeOnce(tried % 2 === 0 ? 0 : LOSS);
    seconds.push(one.seconds);
    heardAfter += one.heardAfter;
    tell(`at ${tried % 2 === 0 ? 'no' : '30 %'} loss everywhere after ${one.seconds.toFixed(2)} s`);
  }
  const of = (parity: number): number[] => seconds.filter((_, index) => index % 2 === parity);
  return {
    revocations: tries,
    revokedSecondsMax: Math.min(1000, quantile(of(0), 1)),
    revokedSecondsMaxAt30Loss: Math.min(1000, quantile(of(1), 1)),
    revokedHeardAfter: heardAfter,
  };
};
