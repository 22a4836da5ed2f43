import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { OpenPlanner } from '#agent/mind/plan/open-planner.ts';
import { packBundles } from '#protocols/gossip/bundle.ts';
import { encodePayload } from '#protocols/gossip/codec.ts';
import { stationBeacon } from '#protocols/gossip/station-beacon.ts';
import { forgeEnvelope } from '#sim/attackers/forger.ts';
import { decodeReceived } from '#protocols/channel/received-codec.ts';
import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { decodeLogHead, encodeLogHead } from '#protocols/log/log-head.ts';
import type { Mind } from '#agent/mind/state.ts';
import type { Episode } from '#sim/episode/episode.ts';
import type { Sabotage } from '#sim/episode/sabotage.ts';
import type { Fault } from '#sim/faults/fault.ts';
import {
  abortAt,
  from,
  isSetpoint,
  judgedFlight,
  openAnalytic,
  type Flight,
} from './judged-flight.ts';

let planner: OpenPlanner;
beforeAll(async () => {
  planner = await openAnalytic();
});
afterAll(() => planner.close());

const judged = (sabotage: Sabotage, untilMs: number, flight?: Flight): Promise<string[]> =>
  judgedFlight(planner, sabotage, untilMs, flight);

const mindOf = (episode: Episode, sysid: number): Mind => episode.drone(sysid)!.mind.mind!;

describe('bugs planted in the memory and the talk of agents are seen by the judge', () => {
  it('none, under an abort: nothing to say', async () => {
    expect(await judged({}, 34_000, abortAt(27_000))).toEqual([]);
  });

  it('I3: a pilot that repeats an old setpoint', async () => {
    let old: Uint8Array | undefined;
    const toVehicle: Sabotage['toVehicle'] = (sysid, packet, nowMs) => {
      if (sysid !== 1 || !isSetpoint(packet) || nowMs < 23_000) return packet;
      old ??= packet;
      return old;
    };
    expect(await judged({ toVehicle }, 24_000)).toEqual(['I3']);
  });

  it('I5: a mind that forgets a task', async () => {
    const afterStep = from(26_000, (episode) => {
      const { book } = mindOf(episode, 1);
      for (const task of book.keys()) book.delete(task);
    });
    expect(await judged({ afterStep }, 27_000)).toContain('I5');
  });

  it('I6: two books that name two drones for one completed task', async () => {
    const afterStep = from(24_000, (episode) => {
      for (const owner of [1, 2]) {
        const { book } = mindOf(episode, owner);
        const claim = { task: 'x', claimEpoch: 1, owner, state: 'done' as const, evidence: '' };
        book.set('x', claim);
      }
    });
    expect(await judged({ afterStep }, 31_000)).toEqual(['I6']);
  });

  it('I7: a drone that lets the abort fall on the floor', async () => {
    const between: Sabotage['between'] = ({ sysid, to, type, payload }, nowMs) => {
      if (sysid !== 1 || nowMs <= 24_900) return payload;
      if (type === MESSAGE_TYPE.envelope) return undefined;
      if (to !== 'mind' || type !== MESSAGE_TYPE.received) return payload;
      return decodeReceived(payload).topic === 'directive' ? undefined : payload;
    };
    expect(await judged({ between }, 31_000, abortAt(25_000))).toEqual(['I7']);
  });

  it('I8: a pilot whose latch falls off, so that a resume sends it back to work', async () => {
    const orders: Flight['orders'] = [
      { atMs: 27_000, order: 'abort', sysids: [] },
      { atMs: 30_000, order: 'resume', sysids: [] },
    ];
    const afterStep = from(29_000, (episode) => {
      const { state } = episode.drone(1)!.pilot.pilot!.core.authority;
      state.orders = { ...state.orders, stops: [] };
    });
    expect(await judged({ afterStep }, 38_000, { orders })).toContain('I8');
    expect(await judged({}, 38_000, { orders })).toEqual([]);
  });

  it('I9: a recorder that begins its chain anew', async () => {
    const between: Sabotage['between'] = ({ sysid, type, payload }, nowMs) => {
      if (sysid !== 1 || type !== MESSAGE_TYPE.logHead || nowMs < 22_000) return payload;
      return encodeLogHead({ ...decodeLogHead(payload)!, link: 0, head: new Uint8Array(32) });
    };
    const hurried = { between, afterStep: from(22_000, tellHead) };
    expect(await judged(hurried, 25_000)).toEqual(['I9']);
  });

  it('I9: a recorder that tells of another chain than it keeps', async () => {
    const between: Sabotage['between'] = ({ sysid, type, payload }) => {
      if (sysid !== 1 || type !== MESSAGE_TYPE.logHead) return payload;
      return encodeLogHead({ ...decodeLogHead(payload)!, head: new Uint8Array(32) });
    };
    // Cut off in flight: I14 says that nobody is home.
    const cutOff: Flight = { toTheEnd: true };
    expect(await judged({ between }, 24_000, cutOff)).toEqual(['I14', 'I9']);
    expect(await judged({}, 24_000, cutOff)).toEqual(['I14']);
  });

  const stolen: Fault = { kind: 'stolen-key', atMs: 20_000, sysid: 2, revokeAfterMs: 1000 };

  it('I10: a mesh that keeps a revoked member; without the bug, nothing', async () => {
    const keep = from(20_000, keepMember);
    const speak = from(23_000, speakAsRevoked);
    const both: Sabotage['afterStep'] = (episode, nowMs) => {
      keep(episode, nowMs);
      speak(episode, nowMs);
    };
    expect(await judged({ afterStep: both }, 24_000, { faults: [stolen] })).toContain('I10');
    expect(await judged({ afterStep: speak }, 24_000, { faults: [stolen] })).not.toContain('I10');
  });

  it('I11: a mesh that goes back to an older roster', async () => {
    const afterStep = from(20_000, (episode) => {
      const { admission } = episode.drone(1)!.mesh.session!.member;
      admission.roster = { ...admission.roster, epoch: admission.roster.epoch - 1 };
    });
    expect(await judged({ afterStep }, 22_000)).toContain('I11');
  });

  it('I11: a pilot that goes back to an older goal', async () => {
    const afterStep = from(20_000, (episode) => {
      const { state } = episode.drone(1)!.pilot.pilot!.core.authority;
      const { sequence } = state.newestGoal!;
      state.newestGoal = { ...state.newestGoal!, sequence: sequence - 1 };
    });
    expect(await judged({ afterStep }, 21_000)).toContain('I11');
  });

  it('I13: a mind that remembers everyone who ever spoke', async () => {
    const afterStep = from(20_000, (episode) => {
      const { counts } = mindOf(episode, 1);
      for (let author = 300; author < 600; author += 1) counts.byAuthor.set(author, new Map());
    });
    expect(await judged({ afterStep }, 21_000)).toEqual(['I13']);
  });
});

const keepMember = (episode: Episode): void => {
  const { members } = episode.drone(1)!.mesh.session!.member.admission;
  const kept = episode.identities.roster.members.find(({ id }) => id === 2);
  members.set(2, kept!);
};

/** Drone 2's key says something to drone 1, by way of the operator. */
const speakAsRevoked = (episode: Episode): void => {
  const { session } = episode.drone(1)!.mesh;
  const header = {
    topic: 'beacon' as const,
    author: 2,
    rosterEpoch: session!.member.admission.roster.epoch,
    bootEpoch: 2_000_000_000,
    sequence: episode.nowMs,
    sentMs: episode.drone(2)!.clock.monotonicMs(),
  };
  const payload = encodePayload('beacon', { ...stationBeacon([]), sysid: 2 });
  const envelope = forgeEnvelope(header, payload, episode.identities.keys.get(2)!.sign);
  session!.onGossip(1000, packBundles([envelope], 16_384)[0]!);
};

/** As the recorder does when it closes a segment. */
const tellHead = (episode: Episode): void => {
  const head = { link: 9, closedUs: 0, head: new Uint8Array(32) };
  episode.drone(1)!.send('mesh', MESSAGE_TYPE.logHead, encodeLogHead(head), 'recorder');
};
