import type { SimulatedLink } from '#protocols/gossip/simulated-link.ts';
import { SimulatedAir } from '#protocols/gossip/simulated-mesh.ts';
import { seededRandom } from '#protocols/random.ts';
import { RADIO_PROFILES } from '#sim/radio/profile.ts';
import { Radio } from '#sim/radio/radio.ts';

import { meshCompliance, type MeshWorld } from './mesh-compliance.ts';
import { knownTo, rosterOf } from './mesh-roster.ts';

const simulatedWorld = (link: SimulatedLink): Promise<MeshWorld> => {
  const air = new SimulatedAir(seededRandom(1), link);
  const links = new Map<number, readonly number[]>();
  return Promise.resolve({
    join: (member, handlers, reachable) => {
      if (reachable !== undefined) links.set(member, reachable);
      for (const [other, theirs] of links) {
        const mine = links.get(member);
        const isLinked = mine === undefined || mine.includes(other) || theirs.includes(member);
        if (other !== member && !isLinked) air.part(member, other);
      }
      return Promise.resolve(air.join(member, rosterOf(knownTo(member)), handlers));
    },
    until: (condition) => {
      const deadlineMs = air.nowMs + 20_000;
      while (!condition()) {
        if (air.nowMs > deadlineMs) throw new Error('it never came to be');
        air.advanceTo(air.nowMs + 10);
      }
      return Promise.resolve();
    },
    settle: () => Promise.resolve(air.advanceTo(air.nowMs + 1000)),
    restrict: (members) => rosterOf(members),
    end: () => Promise.resolve(),
  });
};

meshCompliance('simulated air', () =>
  simulatedWorld({ delayMs: (_hop, random) => 5 + 20 * random.uniform() }),
);
meshCompliance('simulated radio', () =>
  simulatedWorld(new Radio(seededRandom(2), () => RADIO_PROFILES.P1)),
);
