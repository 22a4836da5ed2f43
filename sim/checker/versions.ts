import { compareGoalIds } from '#protocols/gossip/goal-order.ts';
import type { GoalId } from '#protocols/gossip/goal-id.ts';
import type { AgentTruth } from './agent-truth.ts';
import type { SwarmTruth } from './swarm-truth.ts';
import type { Report } from './violation.ts';

/**
 * I11: what a drone holds of roster and releases never becomes older, restarts included. The goal is the
 * version of what configures a flight (mission, limits, fence). A mind takes no older one for as long as it
 * lives; what it did not write before it died it may hear again. A pilot keeps the goal whose limits it
 * flies by over its restarts, but for a power cut.
 */
export class VersionCheck {
  readonly #highest = new Map<string, number>();
  readonly #goals = new Map<string, GoalId>();
  /** What a pilot held at the last look: it writes ten times a second, and may die before it has. */
  readonly #heldByPilot = new Map<string, GoalId>();

  readonly check = ({ agents = [] }: SwarmTruth, report: Report): void => {
    for (const agent of agents) {
      const { sysid, mesh, mind } = agent;
      if (mesh !== undefined) {
        this.#compare(sysid, 'roster', mesh.rosterEpoch, report);
        for (const [name, version] of mesh.releases) this.#compare(sysid, name, version, report);
      }
      if (mind?.goal !== undefined) {
        const life = `${sysid} mind ${mind.life}`;
        this.#compareGoal(sysid, life, mind.goal, report);
        this.#keepGoal(life, mind.goal);
      }
      this.#checkPilot(agent, report);
    }
  };

  #checkPilot({ sysid, boot, pilot }: AgentTruth, report: Report): void {
    if (pilot === undefined) return;
    const name = `${sysid} pilot ${boot}`;
    const held = this.#heldByPilot.get(name);
    if (held !== undefined) this.#keepGoal(name, held);
    this.#compareGoal(sysid, name, pilot.goal, report);
    if (pilot.goal !== undefined) this.#heldByPilot.set(name, pilot.goal);
  }

  #keepGoal(name: string, goal: GoalId): void {
    const newest = this.#goals.get(name);
    if (newest === undefined || compareGoalIds(goal, newest) > 0) this.#goals.set(name, goal);
  }

  #compareGoal(sysid: number, name: string, goal: GoalId | undefined, report: Report): void {
    const newest = this.#goals.get(name);
    if (newest === undefined || (goal !== undefined && compareGoalIds(goal, newest) >= 0)) return;
    const older = goal === undefined ? 'no goal' : `goal ${goal.sequence} again`;
    report([sysid], `${name.split(' ')[1]} serves ${older} after ${newest.sequence}`);
  }

  #compare(sysid: number, name: string, version: number, report: Report): void {
    const key = `${sysid} ${name}`;
    const highest = this.#highest.get(key) ?? version;
    if (version < highest) report([sysid], `${name} went back from ${highest} to ${version}`);
    this.#highest.set(key, Math.max(highest, version));
  }
}
