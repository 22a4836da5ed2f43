import { describe, expect, it } from 'vitest';

import type { Mesh, MeshHandlers } from '#protocols/gossip/mesh.ts';
import type { Roster } from '#protocols/gossip/roster.ts';
import { SimulatedAir } from '#protocols/gossip/simulated-mesh.ts';
import { seededRandom } from '#protocols/random.ts';
import { RADIO_PROFILES, type RadioProfile } from '#sim/radio/profile.ts';
import { Radio } from '#sim/radio/radio.ts';

const rosterOf = (members: readonly number[]): Roster => ({
  swarm: 'radio',
  epoch: 1,
  expiresUnixS: 4_000_000_000,
  members: members.map((id) => ({
    id,
    name: `member-${id}`,
    role: 'drone',
    publicKey: new Uint8Array(32).fill(id),
    addresses: [],
  })),
});

const SILENT: MeshHandlers = {
  onGossip: () => 'accept',
  onDirect: () => undefined,
  onCast: () => undefined,
  onConnect: () => undefined,
  onDisconnect: () => undefined,
};

/** Every packet has the same chance, as the packet filter that the real nodes were measured under. */
const evenly = (loss: number): RadioProfile => ({
  goodS: 10,
  badS: 10,
  lossGood: loss,
  lossBad: loss,
  delayFloorMs: 1,
  delayMeanMs: 1,
  rateBps: 1e8,
});

/** Six members, 200 bytes at 5 Hz each for half a minute: share delivered, and its delays. */
const chatter = (profile: RadioProfile, seed: number) => {
  const members = [1, 2, 3, 4, 5, 6];
  const air = new SimulatedAir(
    seededRandom(seed).fork('air'),
    new Radio(seededRandom(seed), () => profile),
  );
  const sentMs: number[] = [];
  const delaysMs: number[] = [];
  const onGossip: MeshHandlers['onGossip'] = (_from, bytes) => {
    delaysMs.push(air.nowMs - sentMs[new DataView(bytes.buffer).getUint32(0)]!);
    return 'accept';
  };
  const roster = rosterOf(members);
  const meshes = members.map((id) => air.join(id, roster, { ...SILENT, onGossip }));
  for (let nowMs = 30_000; nowMs < 60_000; nowMs += 200) {
    for (const [index, mesh] of meshes.entries()) {
      air.advanceTo(nowMs + 30 * index);
      const bytes = new Uint8Array(200);
      new DataView(bytes.buffer).setUint32(0, sentMs.length);
      sentMs.push(air.nowMs);
      mesh.publish(bytes);
    }
  }
  air.advanceTo(70_000);
  delaysMs.sort((a, b) => a - b);
  return {
    delivered: delaysMs.length / (5 * sentMs.length),
    p95Ms: delaysMs[Math.floor(0.95 * delaysMs.length)]!,
    p99Ms: delaysMs[Math.floor(0.99 * delaysMs.length)]!,
  };
};

/** Fifteen topologies, from the luckiest: who relays to whom is drawn, and at a tenth lost one in two has a chain more. */
const chatters = (profile: RadioProfile) => {
  const runs = Array.from({ length: 15 }, (_, index) => chatter(profile, index + 1));
  const inOrder = (values: number[]): number[] => values.sort((a, b) => a - b);
  return {
    delivered: Math.min(...runs.map(({ delivered }) => delivered)),
    p95Ms: inOrder(runs.map(({ p95Ms }) => p95Ms)),
    p99Ms: inOrder(runs.map(({ p99Ms }) => p99Ms)),
  };
};

/** By which factor the nearest of them is off, and the middle one. */
const factors = (
  values: readonly number[],
  measured: number,
): { nearest: number; middle: number } => {
  const off = (value: number): number => Math.max(value / measured, measured / value);
  return { nearest: Math.min(...values.map(off)), middle: off(values[7]!) };
};

describe('gossip over the simulated radio', () => {
  it('comes as late as over real QUIC under the same loss', () => {
    // Loss, and ms within which 95 % and 99 % arrived among six real nodes (network namespaces).
    const measured: [number, number, number][] = [
      [0.1, 7, 10],
      [0.2, 36, 271],
      [0.3, 388, 842],
    ];
    for (const [loss, p95Ms, p99Ms] of measured) {
      const simulated = chatters(evenly(loss));
      expect(simulated.delivered).toBeGreaterThan(0.999);
      const p95 = factors(simulated.p95Ms, p95Ms);
      expect(p95.nearest).toBeLessThan(2);
      expect(p95.middle).toBeLessThan(4);
      const p99 = factors(simulated.p99Ms, p99Ms);
      expect(p99.nearest).toBeLessThan(3);
      expect(p99.middle).toBeLessThan(6);
    }
  });

  it('keeps the order of what one tells another', () => {
    const air = new SimulatedAir(
      seededRandom(2),
      new Radio(seededRandom(2), () => RADIO_PROFILES.P2),
    );
    const heard: number[] = [];
    const roster = rosterOf([1, 2]);
    const one = air.join(1, roster, SILENT);
    air.join(2, roster, { ...SILENT, onDirect: (_from, bytes) => heard.push(bytes[0]!) });
    air.advanceTo(20_000);
    for (let index = 0; index < 100; index += 1) {
      one.send(2, Uint8Array.of(index));
      air.advanceTo(air.nowMs + 10);
    }
    air.advanceTo(air.nowMs + 20_000);
    expect(heard.length).toBeGreaterThan(20);
    expect(heard).toEqual([...heard].sort((a, b) => a - b));
  });

  it('shares one channel: a large message makes its sender wait for its airtime, and others for their turn', () => {
    const radio = new Radio(seededRandom(1), () => ({ ...evenly(0), rateBps: 1e5 }));
    const small = { from: 1, to: 2, bytes: 100, nowMs: 0 };
    const alone = radio.delayMs(small)!;
    radio.delayMs({ from: 3, to: 4, bytes: 20_000, nowMs: 1000 });
    const ofAnother = radio.delayMs({ ...small, nowMs: 1000 })! - alone;
    expect(ofAnother).toBeGreaterThan(5);
    expect(ofAnother).toBeLessThan(20);
    expect(radio.delayMs({ ...small, from: 3, nowMs: 1000 })! - alone).toBeGreaterThan(1500);
    expect(radio.airtimeMs).toBeGreaterThan(1600);
  });

  it('loses a connection over which nothing comes back, and dials it again after', () => {
    const cuts = new Set<string>();
    const radio = new Radio(seededRandom(5), (from, to) =>
      cuts.has(`${from}>${to}`) ? undefined : RADIO_PROFILES.P1,
    );
    const air = new SimulatedAir(seededRandom(6), radio);
    const roster = rosterOf([1, 2]);
    const mesh: Mesh = air.join(1, roster, SILENT);
    air.join(2, roster, SILENT);
    air.advanceTo(3000);
    expect(mesh.peers()).toHaveLength(1);
    cuts.add('2>1');
    air.advanceTo(6500);
    expect(mesh.peers()).toHaveLength(1);
    air.advanceTo(8000);
    expect(mesh.peers()).toHaveLength(0);
    air.advanceTo(60_000);
    expect(mesh.peers()).toHaveLength(0);
    cuts.clear();
    air.advanceTo(75_000);
    expect(mesh.peers()).toHaveLength(1);
  });
});
