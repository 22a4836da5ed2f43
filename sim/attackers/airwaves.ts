import type { GossipVerdict, Mesh, MeshHandlers } from '#protocols/gossip/mesh.ts';
import type { Roster } from '#protocols/gossip/roster.ts';
import type { SimulatedAir } from '#protocols/gossip/simulated-mesh.ts';
import { Voice } from './voice.ts';

/**
 * Where the members of an episode come on the air. Between a member's agent and its transport stands a
 * {@link Voice}, by which whoever has got hold of that computer can hear and speak in its stead.
 */
export class Airwaves {
  readonly #air: SimulatedAir;
  readonly #voices = new Map<number, Voice>();

  constructor(air: SimulatedAir) {
    this.#air = air;
  }

  /** Stays the same when the member's process starts anew. */
  voice(member: number): Voice {
    const known = this.#voices.get(member);
    if (known !== undefined) return known;
    const fresh = new Voice();
    this.#voices.set(member, fresh);
    return fresh;
  }

  join(member: number, roster: Roster, handlers: MeshHandlers): Mesh {
    const voice = this.voice(member);
    const mesh = this.#air.join(member, roster, {
      onGossip: (from, bytes): GossipVerdict => {
        voice.hear(bytes);
        return handlers.onGossip(from, bytes);
      },
      onDirect: (from, bytes) => {
        voice.hear(bytes);
        handlers.onDirect(from, bytes);
      },
      onCast: (bytes) => {
        voice.hearCast(bytes);
        handlers.onCast(bytes);
      },
      onConnect: (peer) => handlers.onConnect(peer),
      onDisconnect: (peer) => handlers.onDisconnect(peer),
    });
    return voice.over(mesh);
  }

  /** Whoever is on no honest roster comes with a roster of its own. */
  intrude(stranger: number, roster: Roster, handlers: MeshHandlers): Mesh {
    return this.#air.join(stranger, roster, handlers);
  }

  /** A dial outside of any plan. */
  knock(stranger: number, at: number): void {
    this.#air.knock(stranger, at);
  }

  /** Handshakes that came to an end and were refused for who the other was. */
  get refusedHandshakes(): number {
    return this.#air.refusedHandshakes;
  }
}
