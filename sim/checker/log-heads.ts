import type { ChainTruth, GossipedHead } from './agent-truth.ts';
import type { SwarmTruth } from './swarm-truth.ts';
import type { Report } from './violation.ts';

/**
 * I9: each head that a drone gossips of its log lies at or after the one before, and never changes; and in
 * the end all of them stand on a chain that its computer has kept.
 */
export class LogHeadCheck {
  readonly #last = new Map<string, GossipedHead>();
  /** All that an author ever gossiped, by link and head. */
  readonly #gossiped = new Map<number, Map<string, GossipedHead>>();

  readonly check = ({ heads = [] }: SwarmTruth, report: Report): void => {
    for (const head of heads) {
      this.#keep(head);
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

  /** What is on the disks when all is over. */
  finish(chains: readonly ChainTruth[], report: Report): void {
    const kept = new Set(
      chains.flatMap(({ author, heads }) => heads.map((head, link) => `${author} ${link} ${head}`)),
    );
    for (const [author, heads] of this.#gossiped) {
      for (const [place, { link }] of heads) {
        if (!kept.has(`${author} ${place}`))
          report([author], `head of link ${link} is on no chain`);
      }
    }
  }

  #keep(head: GossipedHead): void {
    const heads = this.#gossiped.get(head.author) ?? new Map<string, GossipedHead>();
    heads.set(`${head.link} ${head.head}`, head);
    this.#gossiped.set(head.author, heads);
  }
}
