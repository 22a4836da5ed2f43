import type { OperatorOrder } from '../episode/operator-order.ts';
import type { Fault } from '../faults/fault.ts';
import type { DrawnEpisode } from './fuzz-episode.ts';

type EpisodeData = DrawnEpisode['episode'];

/** The same episode without some of its drones, and without what speaks of them. */
export const withDrones = (episode: EpisodeData, sysids: readonly number[]): EpisodeData => {
  const all = new Set(episode.scenario.vehicles.map(({ sysid }) => sysid));
  const isLeft = (member: number): boolean => !all.has(member) || sysids.includes(member);
  const { mission, scenario, faults, orders = [] } = episode;
  const goals = mission.goals?.filter(({ sysid }) => isLeft(sysid));
  return {
    ...episode,
    mission: { ...mission, ...(goals === undefined ? {} : { goals }) },
    scenario: { ...scenario, vehicles: scenario.vehicles.filter(({ sysid }) => isLeft(sysid)) },
    faults: faults.flatMap((fault) => faultWith(fault, isLeft)),
    orders: orders.flatMap((order) => orderWith(order, isLeft)),
  };
};

const faultWith = (fault: Fault, isLeft: (member: number) => boolean): Fault[] => {
  const others: Record<string, unknown> = { ...fault };
  for (const name of ['sysid', 'from', 'to', 'a', 'b']) {
    const member = others[name];
    if (typeof member === 'number' && !isLeft(member)) return [];
  }
  const { groups, links } = others;
  if (Array.isArray(groups)) {
    others['groups'] = groups.map((group: number[]) => group.filter(isLeft));
  }
  if (Array.isArray(links)) {
    const left = links.filter(({ a, b }: { a: number; b: number }) => isLeft(a) && isLeft(b));
    if (left.length === 0) return [];
    others['links'] = left;
  }
  return [others as Fault];
};

const orderWith = (order: OperatorOrder, isLeft: (member: number) => boolean): OperatorOrder[] => {
  if (order.order === 'goal') {
    const { mission } = order;
    if (mission?.goals === undefined) return [order];
    const goals = mission.goals.filter(({ sysid }) => isLeft(sysid));
    return [{ ...order, mission: { ...mission, goals } }];
  }
  const sysids = order.sysids.filter(isLeft);
  return order.sysids.length > 0 && sysids.length === 0 ? [] : [{ ...order, sysids }];
};
