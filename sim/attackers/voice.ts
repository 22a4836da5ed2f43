import type { Mesh } from '#protocols/gossip/mesh.ts';

/** What becomes of a bundle that an agent publishes; undefined: nothing is said. */
export type Rewrite = (bundle: Uint8Array) => Uint8Array | undefined;

/** What one member says on the air and hears there: an attacker on its computer has both in its hands. */
export class Voice {
  #mesh: Mesh | undefined;
  readonly #rewrites = new Set<Rewrite>();
  readonly #ears = new Set<(bytes: Uint8Array) => void>();

  /** Bundles and messages of repair as they arrive; the answer stops it. */
  listen(ear: (bytes: Uint8Array) => void): () => void {
    this.#ears.add(ear);
    return () => this.#ears.delete(ear);
  }

  /** From now on what the agent publishes passes through `rewrite`; the answer stops it. */
  distort(rewrite: Rewrite): () => void {
    this.#rewrites.add(rewrite);
    return () => this.#rewrites.delete(rewrite);
  }

  hear(bytes: Uint8Array): void {
    for (const ear of this.#ears) ear(bytes);
  }

  /** Any bytes at all, as gossip; nothing while the member is off the air. */
  publish(bytes: Uint8Array): void {
    this.#mesh?.publish(bytes);
  }

  /** Any bytes at all, to every peer that is connected. */
  sendAll(bytes: Uint8Array): void {
    for (const { member } of this.#mesh?.peers() ?? []) this.#mesh?.send(member, bytes);
  }

  get peers(): number[] {
    return this.#mesh?.peers().map(({ member }) => member) ?? [];
  }

  /** The transport as the agent sees it. */
  over(mesh: Mesh): Mesh {
    this.#mesh = mesh;
    return {
      publish: (bytes) => {
        let said: Uint8Array | undefined = bytes;
        for (const rewrite of this.#rewrites) {
          if (said !== undefined) said = rewrite(said);
        }
        if (said !== undefined) mesh.publish(said);
      },
      send: (to, bytes) => mesh.send(to, bytes),
      peers: () => mesh.peers(),
      hangUp: (peer) => mesh.hangUp(peer),
      allow: (roster) => mesh.allow(roster),
      traffic: () => mesh.traffic(),
      close: () => {
        if (this.#mesh === mesh) this.#mesh = undefined;
        return mesh.close();
      },
    };
  }
}
