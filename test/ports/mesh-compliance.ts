import { afterEach, describe, expect, it } from 'vitest';

import type { GossipVerdict, Mesh, MeshHandlers } from '#protocols/gossip/mesh.ts';

/** What a mesh must be given to be tried: members that can join, links that can be cut. */
export interface MeshWorld {
  /** Joins one of the members 1 to 4; 9 is no member. With `links`, only those are reachable directly. */
  join(member: number, handlers: MeshHandlers, links?: readonly number[]): Promise<Mesh>;
  /** Lets time pass until it is so; throws when it never is. */
  until(condition: () => boolean): Promise<void>;
  /** Lets enough time pass for anything under way to arrive. */
  settle(): Promise<void>;
  /** A roster of these members only, newer than any before. */
  restrict(members: readonly number[]): Parameters<Mesh['allow']>[0];
  end(): Promise<void>;
}

/** A user of a mesh that writes down all that it is told. */
export class Witness implements MeshHandlers {
  readonly gossip: { from: number; bytes: Uint8Array }[] = [];
  readonly direct: { from: number; bytes: Uint8Array }[] = [];
  readonly casts: Uint8Array[] = [];
  readonly links: string[] = [];
  verdict: GossipVerdict = 'accept';

  onGossip(from: number, bytes: Uint8Array): GossipVerdict {
    this.gossip.push({ from, bytes: Uint8Array.from(bytes) });
    return this.verdict;
  }

  onDirect(from: number, bytes: Uint8Array): void {
    this.direct.push({ from, bytes: Uint8Array.from(bytes) });
  }

  onCast(bytes: Uint8Array): void {
    this.casts.push(Uint8Array.from(bytes));
  }

  onConnect(member: number): void {
    this.links.push(`+${member}`);
  }

  onDisconnect(member: number): void {
    this.links.push(`-${member}`);
  }
}

const word = (text: string): Uint8Array => new TextEncoder().encode(text);
const peersOf = (mesh: Mesh): number[] =>
  mesh
    .peers()
    .map((peer) => peer.member)
    .sort();

/** What the rest of the project relies on in any mesh, real or simulated. */
export const meshCompliance = (name: string, openWorld: () => Promise<MeshWorld>): void => {
  describe(`mesh over ${name}`, () => {
    let world: MeshWorld;
    afterEach(() => world.end());

    const open = async (members: readonly number[], linksOf?: (member: number) => number[]) => {
      world = await openWorld();
      const witnesses = new Map(members.map((member) => [member, new Witness()]));
      const meshes = new Map<number, Mesh>();
      for (const member of members) {
        meshes.set(member, await world.join(member, witnesses.get(member)!, linksOf?.(member)));
      }
      const linked = (member: number): number =>
        linksOf?.(member).length ?? members.filter((one) => one !== member && one !== 9).length;
      await world.until(() =>
        members.every(
          (member) => member === 9 || peersOf(meshes.get(member)!).length >= linked(member),
        ),
      );
      await world.settle();
      return { witness: (id: number) => witnesses.get(id)!, mesh: (id: number) => meshes.get(id)! };
    };

    it('brings gossip to every other member once, and to its author never', async () => {
      const { witness, mesh } = await open([1, 2, 3]);
      mesh(1).publish(word('hello'));
      await world.until(() => witness(2).gossip.length > 0 && witness(3).gossip.length > 0);
      await world.settle();
      expect(witness(1).gossip).toEqual([]);
      for (const id of [2, 3]) {
        expect(witness(id).gossip.map((one) => one.bytes)).toEqual([word('hello')]);
        expect(witness(id).gossip[0]!.from).not.toBe(id);
      }
    });

    it('relays what a member accepts, and nothing that it ignores or rejects', async () => {
      const line = (member: number): number[] => (member === 2 ? [1, 3] : [2]);
      const { witness, mesh } = await open([1, 2, 3], line);
      mesh(1).publish(word('pass me on'));
      await world.until(() => witness(3).gossip.length === 1);
      expect(witness(3).gossip[0]).toEqual({ from: 2, bytes: word('pass me on') });
      for (const verdict of ['ignore', 'reject'] as const) {
        witness(2).verdict = verdict;
        mesh(1).publish(word(verdict));
      }
      await world.until(() => witness(2).gossip.length === 3);
      await world.settle();
      expect(witness(3).gossip).toHaveLength(1);
    });

    it('brings a message for one to that one, whole, up to the size of the largest order', async () => {
      const { witness, mesh } = await open([1, 2, 3]);
      const large = Uint8Array.from({ length: 66_000 }, (_, index) => index % 251);
      mesh(1).send(2, large);
      await world.until(() => witness(2).direct.length === 1);
      expect(witness(2).direct[0]!.from).toBe(1);
      expect(witness(2).direct[0]!.bytes).toEqual(large);
      mesh(3).publish(large);
      await world.until(() => witness(1).gossip.length === 1 && witness(2).gossip.length === 1);
      expect(witness(1).gossip[0]!.bytes).toEqual(large);
      expect(witness(3).direct).toEqual([]);
    });

    it('says who is there, who came and who went', async () => {
      const { witness, mesh } = await open([1, 2, 3]);
      expect(peersOf(mesh(1))).toEqual([2, 3]);
      expect([...witness(1).links].sort()).toEqual(['+2', '+3']);
      await mesh(3).close();
      await world.until(() => peersOf(mesh(1)).length === 1);
      await world.until(() => witness(1).links.includes('-3'));
      mesh(1).send(3, word('gone'));
      await world.settle();
      expect(witness(3).direct).toEqual([]);
    });

    it('lets nobody in who is not in the roster', async () => {
      const { witness, mesh } = await open([1, 2, 9]);
      await world.settle();
      expect(peersOf(mesh(1))).toEqual([2]);
      expect(peersOf(mesh(9))).toEqual([]);
      mesh(9).publish(word('let me in'));
      mesh(9).send(1, word('let me in'));
      mesh(1).publish(word('among us'));
      await world.until(() => witness(2).gossip.length === 1);
      await world.settle();
      expect(witness(9).gossip).toEqual([]);
      expect(witness(1).direct).toEqual([]);
      expect(witness(2).gossip).toHaveLength(1);
    });

    it('cuts off whoever a newer roster leaves out', async () => {
      const { witness, mesh } = await open([1, 2, 3]);
      const roster = world.restrict([1, 2]);
      mesh(1).allow(roster);
      mesh(2).allow(roster);
      await world.until(() => peersOf(mesh(3)).length === 0);
      mesh(3).publish(word('still here?'));
      mesh(1).publish(word('among us'));
      await world.until(() => witness(2).gossip.length === 1);
      await world.settle();
      expect(witness(2).gossip.map((one) => one.bytes)).toEqual([word('among us')]);
      expect(witness(3).gossip).toEqual([]);
    });

    it('dials a peer again after it hung up', async () => {
      const { witness, mesh } = await open([1, 2]);
      mesh(1).hangUp(2);
      await world.until(() => witness(2).links.includes('-1'));
      await world.until(() => peersOf(mesh(1)).includes(2) && peersOf(mesh(2)).includes(1));
      await world.settle();
      mesh(2).publish(word('back'));
      await world.until(() => witness(1).gossip.length === 1);
      expect(witness(1).gossip[0]).toEqual({ from: 2, bytes: word('back') });
      // Streams are counted from a moment after they opened: go on until both ends noticed.
      await world.until(() => {
        mesh(2).publish(crypto.getRandomValues(new Uint8Array(8)));
        return mesh(1).traffic().bytesIn > 0 && mesh(2).traffic().bytesOut > 0;
      });
    });
  });
};
