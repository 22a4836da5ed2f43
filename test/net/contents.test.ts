import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Account } from './member/orders.ts';
import { whyNoNetwork } from './requirements.ts';
import { Swarm } from './swarm.ts';
import { drawnContent } from './words.ts';

const why = whyNoNetwork();
const OPERATOR = 1001;
/** Half a model's weights. */
const BYTES = 250_000;
const PATIENCE_MS = 100_000;

describe.skipIf(why !== undefined)(
  `the content of a release${why === undefined ? '' : ` (skipped: ${why})`}`,
  () => {
    let swarm: Swarm;
    beforeAll(async () => {
      swarm = await Swarm.start({ drones: 3, operator: true, seed: 1 });
      await swarm.untilJoined();
      await swarm.speak({ intentHz: 5, claimHz: 0 });
    });
    afterAll(() => swarm?.end());

    const fileOf = (member: number, name: string): string =>
      join(swarm.directoryOf(member), 'contents', name);
    const shareOf = (account: Account | undefined, version: number): number => {
      const content = account?.contents.find((one) => one.version === version);
      return content === undefined ? 0 : content.present / content.pieces;
    };
    const until = (what: string, isSo: (accounts: Map<number, Account>) => boolean) =>
      swarm.until(PATIENCE_MS, what, isSo);
    const offer = (version: number) =>
      swarm.tell(OPERATOR, { do: 'offer', name: 'quad', version, bytes: BYTES, seed: version });

    it('comes to every drone, though every fifth packet is lost, and the operator sees it come', async () => {
      swarm.network.lose(0.2);
      await offer(1);
      await until('the operator knows that all have it', (accounts) => {
        const [content] = accounts.get(OPERATOR)!.contents;
        const whole = content?.others.filter(({ present }) => present === content.pieces);
        return whole?.length === 3;
      });
      swarm.network.lose(0);
      for (const drone of [1, 2, 3]) {
        expect(Uint8Array.from(readFileSync(fileOf(drone, 'quad-1')))).toEqual(
          drawnContent(1, BYTES),
        );
      }
    });

    it('goes on where it was when a drone lost its power halfway, from drones alone', async () => {
      await offer(2);
      await until('one has some', (accounts) => shareOf(accounts.get(2), 2) > 0.2);
      await swarm.kill(2);
      expect(existsSync(fileOf(2, 'quad-2'))).toBe(false);
      await until('the others have it', (accounts) =>
        [1, 3].every((drone) => shareOf(accounts.get(drone), 2) === 1),
      );
      const hosts = [1, 2, 3].map((drone) => swarm.hostOf(drone));
      swarm.network.partition(hosts, [swarm.hostOf(OPERATOR)]);
      await swarm.boot(2);
      // What was on its disk counts, and at once.
      const shares: number[] = [];
      await until('it knows what it has', (accounts) => {
        shares.push(shareOf(accounts.get(2), 2));
        return shares.at(-1)! > 0;
      });
      expect(shares.at(-1)).toBeGreaterThan(0.15);
      await until('it has all', (accounts) => shareOf(accounts.get(2), 2) === 1);
      swarm.network.heal();
      expect(Uint8Array.from(readFileSync(fileOf(2, 'quad-2')))).toEqual(drawnContent(2, BYTES));
    });
  },
);
