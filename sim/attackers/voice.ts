import { bundleRoom, encodeFrame, openFrame } from '#protocols/gossip/fast-frame.ts';
import type { MeshMember } from '#protocols/gossip/mesh-member.ts';
import type { Mesh } from '#protocols/gossip/mesh.ts';

/** What becomes of a bundle that an agent publishes; undefined: nothing is said. */
export type Rewrite = (bundle: Uint8Array) => Uint8Array | undefined;

/** As whom, and under which key, a member speaks on the fast lane. */
export interface CastRights {
  sender: number;
  rosterEpoch: number;
  bootEpoch: number;
  key: Uint8Array;
}

/** What a member's own computer knows; undefined while it is off the air, or has no key. */
export const castRightsOf = (member: MeshMember | undefined): CastRights | undefined => {
  if (member?.lane === undefined) return undefined;
  const { rosterEpoch, key } = member.lane;
  return { sender: member.admission.self, rosterEpoch, bootEpoch: member.bootEpoch, key };
};

/** Above the numbers of all that an honest agent casts in one flight. */
const FIRST_COUNTER = 1 << 30;

/** What one member says on the air and hears there: an attacker on its computer has both in its hands. */
export class Voice {
  #mesh: Mesh | undefined;
  readonly #rewrites = new Set<Rewrite>();
  /** Set by whoever has got hold of the member: without it what is cast cannot be read or made. */
  castRights: (() => CastRights | undefined) | undefined;
  #counter = FIRST_COUNTER;
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

  /** A frame of the fast lane; heard as the bundle in it by whoever can open it. */
  hearCast(frame: Uint8Array): void {
    if (this.#ears.size === 0) return;
    const rights = this.castRights?.();
    const opened = rights === undefined ? undefined : openFrame(frame, rights.key);
    if (opened !== undefined) this.hear(opened.bundle);
  }

  /** Any bytes at all, as gossip and as a frame; nothing while the member is off the air. */
  publish(bytes: Uint8Array): void {
    this.#mesh?.publish(bytes);
    const rights = this.castRights?.();
    if (rights === undefined || bytes.length > bundleRoom(0)) return;
    this.#counter += 1;
    const frame = {
      ...rights,
      counter: this.#counter,
      isUrgent: false,
      number: this.#counter,
      paceMs: 0,
      hearing: new Uint8Array(0),
      ownDigest: 0,
      bundle: bytes,
    };
    this.#mesh?.cast?.(encodeFrame(frame, rights.key));
  }

  /** Any bytes at all, to every peer that is connected. */
  sendAll(bytes: Uint8Array): void {
    for (const { member } of this.#mesh?.peers() ?? []) this.#mesh?.send(member, bytes);
  }

  get peers(): number[] {
    return this.#mesh?.peers().map(({ member }) => member) ?? [];
  }

  #rewritten(bundle: Uint8Array): Uint8Array | undefined {
    let said: Uint8Array | undefined = bundle;
    for (const rewrite of this.#rewrites) {
      if (said !== undefined) said = rewrite(said);
    }
    return said;
  }

  #cast(mesh: Mesh, bytes: Uint8Array): void {
    const rights = this.#rewrites.size === 0 ? undefined : this.castRights?.();
    const frame = rights === undefined ? undefined : openFrame(bytes, rights.key);
    // What it says again for others it does not touch: that is not its word.
    if (rights === undefined || frame?.sender !== rights.sender) {
      mesh.cast?.(bytes);
      return;
    }
    const bundle = this.#rewritten(frame.bundle);
    if (bundle !== undefined) mesh.cast?.(encodeFrame({ ...frame, bundle }, rights.key));
  }

  /** The transport as the agent sees it. */
  over(mesh: Mesh): Mesh {
    this.#mesh = mesh;
    return {
      publish: (bytes) => {
        const said = this.#rewritten(bytes);
        if (said !== undefined) mesh.publish(said);
      },
      cast: mesh.cast === undefined ? undefined : (frame) => this.#cast(mesh, frame),
      send: (to, bytes) => mesh.send(to, bytes),
      peers: () => mesh.peers(),
      hangUp: (peer) => mesh.hangUp(peer),
      seek: (member) => mesh.seek(member),
      allow: (roster) => mesh.allow(roster),
      traffic: () => mesh.traffic(),
      close: () => {
        if (this.#mesh === mesh) this.#mesh = undefined;
        return mesh.close();
      },
    };
  }
}
