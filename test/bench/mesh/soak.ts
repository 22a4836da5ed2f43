import type { Account } from '../../net/member/orders.ts';
import { Flight, IN_FLIGHT, nowMs } from './flight.ts';
import type { Part } from './parts.ts';

const SAMPLE_MS = 5000;
const TIMES = 10;
const MiB = 1 << 20;
/**
 * What a process takes up while it gets going says nothing of what it leaks, and for two minutes the
 * claims that it keeps grow to the 512 of each author.
 */
const SETTLE_HOURS = 2.5 / 60;

interface Sample {
  hours: number;
  accounts: ReadonlyMap<number, Account>;
}

/** Slope of the straight line through the points (least squares), per unit of x. */
const slopeOf = (points: readonly (readonly [number, number])[]): number => {
  const mean = (pick: 0 | 1): number =>
    points.reduce((sum, point) => sum + point[pick], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
};

/** Six drones that say ten times what they say in flight, for minutes: does anything grow? */
export const soakPart: Part = ({ short, seed, minutes = short ? 1 : 3, tell }) => {
  const load = { intentHz: TIMES * IN_FLIGHT.intentHz, claimHz: TIMES * IN_FLIGHT.claimHz };
  return Flight.during({ drones: 6, seed, load }, async ({ swarm, drones }) => {
    const samples: Sample[] = [];
    const fromMs = nowMs();
    while (nowMs() - fromMs < minutes * 60_000) {
      // What was said is not kept here: it would only be this process that grows.
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
      const accounts = await swarm.accounts();
      samples.push({ hours: (nowMs() - fromMs) / 3_600_000, accounts });
      const rss = drones.map((drone) => accounts.get(drone)!.rssBytes / MiB);
      tell(`${(rss.reduce((sum, one) => sum + one, 0) / rss.length).toFixed(1)} MiB a drone`);
      for (const account of accounts.values()) {
        account.said = [];
        account.heard = [];
      }
    }
    const half = samples.at(Math.floor(samples.length / 2))!.hours;
    const settled = samples.filter(({ hours }) => hours >= Math.min(half, SETTLE_HOURS));
    const rows = drones.map((drone) => {
      const series = (pick: (account: Account) => number): [number, number][] =>
        settled.map(({ hours, accounts }) => [hours, pick(accounts.get(drone)!)]);
      const fds = series((account) => account.fds).map(([, count]) => count);
      const last = settled.at(-1)!.accounts.get(drone)!;
      return {
        drone,
        rssMiB: last.rssBytes / MiB,
        rssMiBPerHour: slopeOf(series((account) => account.rssBytes / MiB)),
        fds: fds.at(-1)!,
        fdsGrown: fds.at(-1)! - fds[0]!,
        held: last.held.length,
      };
    });
    const mean = (pick: (row: (typeof rows)[number]) => number): number =>
      rows.reduce((sum, row) => sum + pick(row), 0) / rows.length;
    return {
      soakMinutes: minutes,
      soakRssMiBPerHour: mean((row) => row.rssMiBPerHour),
      soakFdsGrownMax: Math.max(...rows.map((row) => row.fdsGrown)),
      soak: rows,
    };
  });
};
