import { compareGoalIds } from '#protocols/gossip/goal-order.ts';
import type { GoalId } from '#protocols/gossip/goal-id.ts';
import type { SwarmTruth } from './swarm-truth.ts';
import type { Report } from './violation.ts';

/** I11: what a drone holds of roster, releases and goal never becomes older, restarts included. */
export class VersionCheck {
  readonly #highest = new Map<string, number>();
  /** By drone and life of its mind: what a mind did not write before it died it may hear again. */
  readonly #goals = new Map<string, GoalId>();

  readonly check = ({ agents = [] }: SwarmTruth, report: Report): void => {
    for (const { sysid, mesh, mind } of agents) {
      if (mesh !== undefined) {
        this.#compare(sysid, 'roster', mesh.rosterEpoch, report);
        for (const [name, version] of mesh.releases) this.#compare(sysid, name, version, report);
      }
      if (mind?.goal === undefined) continue;
      const life = `${sysid}-${mind.life}`;
      const former = this.#goals.get(life);
      if (former !== undefined && compareGoalIds(mind.goal, former) < 0) {
        report([sysid], `serves goal ${mind.goal.sequence} again after ${former.sequence}`);
      } else this.#goals.set(life, mind.goal);
    }
  };

  #compare(sysid: number, name: string, version: number, report: Report): void {
    const key = `${sysid} ${name}`;
    const highest = this.#highest.get(key) ?? version;
    if (version < highest) report([sysid], `${name} went back from ${highest} to ${version}`);
    this.#highest.set(key, Math.max(highest, version));
  }
}
