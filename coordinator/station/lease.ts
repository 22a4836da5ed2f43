import { Fault } from '#protocols/fault.ts';
import type { DirectiveKind } from '#protocols/gossip/directive.ts';
import { memberById, type Roster } from '#protocols/gossip/roster.ts';
import type { SwarmView } from './view.ts';

/** The lease of an operator who is silent for longer has run out, s. */
const LEASE_S = 30;

/** Who has the command: whose goal the swarm follows. */
interface Lease {
  member: number;
  name: string;
  heardS: number;
}

/**
 * Another operator's lease: it ordered the goal in force, is still in the roster and heard, and the
 * mission is not over. Undefined when nobody else has the command.
 *
 * @param heardS seconds since a member was heard; infinite = never.
 */
export const leaseOf = (
  mission: SwarmView['mission'],
  roster: Roster,
  self: number,
  heardS: (member: number) => number,
): Lease | undefined => {
  if (mission === null || mission.complete || mission.cancelled) return undefined;
  const { issuer } = mission.goal;
  const holder = memberById(roster, issuer);
  if (issuer === self || holder?.role !== 'operator' || heardS(issuer) > LEASE_S) return undefined;
  return { member: issuer, name: holder.name, heardS: heardS(issuer) };
};

/** Whoever stops drones or brings them down needs no command; whoever sets them in motion does. */
export const needsCommand = (kind: DirectiveKind): boolean => kind === 'resume';

/** Throws Fault 'not-in-command' while another operator has the lease. */
export const requireCommand = (lease: Lease | undefined, takeOver: boolean): void => {
  if (lease === undefined || takeOver) return;
  throw new Fault(
    'not-in-command',
    `${lease.name} has the command and was heard ${lease.heardS.toFixed(0)} s ago`,
    {
      data: { member: lease.member },
      remedy: 'Agree with its operator, or take the command with --take-over.',
      exit: 'refused',
    },
  );
};
