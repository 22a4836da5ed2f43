import type { MeshKind } from '../../net/member-process.ts';
import { Flight } from './flight.ts';
import type { Part } from './parts.ts';

const STRAGGLERS_MS = 2000;

interface Cost {
  sentBps: number;
  reachedBps: number;
  bytesPerDelivery: number;
  heardShare: number;
  cpuPercent: number;
}

const costOf = (kind: MeshKind, gossipOnly: boolean, seed: number, forMs: number): Promise<Cost> =>
  Flight.during({ drones: 6, seed, kind, gossipOnly }, async (flight) => {
    const { swarm, drones, ledger } = flight;
    const before = swarm.network.carried();
    const cpuBefore = await swarm.accounts();
    const span = await flight.pass(forMs);
    const after = swarm.network.carried();
    const cpuAfter = await swarm.accounts();
    ledger.add(cpuAfter);
    await flight.pass(STRAGGLERS_MS);
    const seconds = (span.toMs - span.fromMs) / 1000;
    const perDrone = (grown: (drone: number) => number): number =>
      drones.reduce((sum, drone) => sum + grown(drone), 0) / drones.length / seconds;
    const carried = (key: 'sentBytes' | 'reachedBytes') => (drone: number) => {
      const host = swarm.hostOf(drone);
      return after.get(host)![key] - before.get(host)![key];
    };
    const kinds = ['intent', 'claim'] as const;
    const delays = kinds.flatMap((one) => ledger.delays(one, span));
    const heard = delays.filter(Number.isFinite).length;
    const sentBps = perDrone(carried('sentBytes'));
    return {
      sentBps,
      reachedBps: perDrone(carried('reachedBytes')),
      bytesPerDelivery: (sentBps * (drones.length + 1) * seconds) / heard,
      heardShare: heard / delays.length,
      cpuPercent: perDrone(
        (drone) => (cpuAfter.get(drone)!.cpuMs - cpuBefore.get(drone)!.cpuMs) / 10,
      ),
    };
  });

/** Bytes at the veth of a drone, nothing lost, ours beside gossipsub as it comes, one after the other. */
export const costPart: Part = async ({ short, seed, tell }) => {
  const forMs = short ? 8000 : 30_000;
  const ours = await costOf('skein', false, seed, forMs);
  tell(`ours sends ${ours.sentBps.toFixed(0)} B/s a drone`);
  const gossip = await costOf('skein', true, seed, forMs);
  tell(`ours by gossip alone ${gossip.sentBps.toFixed(0)} B/s`);
  const stock = await costOf('stock', true, seed, forMs);
  tell(`stock gossipsub ${stock.sentBps.toFixed(0)} B/s`);
  return {
    // For each word delivered: a machine that is busy makes the costlier of the two speak less.
    bytesRatioVsStock: ours.bytesPerDelivery / stock.bytesPerDelivery,
    gossipOnlyRatioVsStock: gossip.bytesPerDelivery / stock.bytesPerDelivery,
    bytesPerSecondRatioVsStock: ours.sentBps / stock.sentBps,
    cost: [
      { mesh: 'skein', ...ours },
      { mesh: 'skein, gossip only', ...gossip },
      { mesh: 'stock gossipsub D=6, TCP', ...stock },
    ],
  };
};
