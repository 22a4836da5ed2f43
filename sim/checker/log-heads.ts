import type { GossipedHead } from './agent-truth.ts';
import type { SwarmTruth } from './swarm-truth.ts';
import type { Report } from './violation.ts';

/** I9 in flight: each head that a drone gossips of its log lies at or after the one before, and never changes. */
export class LogHeadCheck {
  readonly #last = new Map<string, GossipedHead>();

  readonly check = ({ heads = [] }: SwarmTruth, report: Report): void => {
    for (const head of heads) {
      const boot = `${head.author}-${head.bootEpoch}`;
      const last = this.#last.get(boot);
      if (last !== undefined && head.sequence <= last.sequence) continue;
      this.#last.set(boot, head);
      if (last === undefined) continue;
      if (head.link < last.link) {
        report([head.author], `gossips link ${head.link} of its log after ${last.link}`);
      } else if (head.link === last.link && head.head !== last.head) {
        report([head.author], `gossips two heads of link ${head.link} of its log`);
      }
    }
  };
}
