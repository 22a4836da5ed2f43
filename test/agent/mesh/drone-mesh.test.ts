import { describe, expect, it } from 'vitest';

import { decodeMeshStatus } from '#protocols/channel/mesh-codec.ts';
import { decodeReceived } from '#protocols/channel/received-codec.ts';
import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { FLIGHT_PHASES } from '#protocols/flight-phase.ts';
import { geodeticFromNed } from '#protocols/frames.ts';
import { decodeDirective } from '#protocols/gossip/directive.ts';
import { decodeSafetyEnvelope } from '#protocols/gossip/safety-envelope.ts';
import { encodeLogHead } from '#protocols/log/log-head.ts';
import { trouble, unpackTrouble } from '#protocols/trouble.ts';

import { storyMission } from '../../protocols/gossip/mission-story.ts';
import {
  beaconOf,
  goalOne,
  intentOf,
  OPERATOR,
  reportOf,
} from '../../protocols/gossip/swarm-story.ts';
import { Story } from './drone-story.ts';

describe('orders', () => {
  it('reach the pilot as their issuer signed them, within a message’s flight and without the mind', () => {
    const story = new Story();
    story.run(500);
    story.order();
    story.run(50);
    story.abort(1);
    story.run(50);
    const [safety, abort] = story.one.orders();
    expect(decodeSafetyEnvelope(safety!.payload)?.goalId).toEqual(goalOne);
    expect(decodeDirective(abort!.payload)?.kind).toBe('abort');
    expect(story.one.records).toContain('mesh/in');
  });

  it('are told again to a pilot that starts again: whom to believe first, then in the order they came', () => {
    const story = new Story();
    story.run(500);
    story.order();
    story.run(100);
    story.abort(1);
    story.run(100);
    story.one.toPilot.length = 0;
    story.one.mesh.pilotConnected();
    expect(story.one.orders().map((order) => order!.topic)).toEqual([
      'roster',
      'safety',
      'directive',
    ]);
  });

  it('and all else that lasts are told to a mind that starts again', () => {
    const story = new Story();
    story.run(500);
    story.order();
    story.one.publish(reportOf(1, 'lane:1'));
    story.two.publish(reportOf(2, 'lane:2'));
    story.run(500);
    const told = story.one.mesh.recallForMind().map(decodeReceived);
    expect(told.map((one) => `${one.topic} of ${one.author}`).sort()).toEqual([
      'goal of 250',
      'roster of 0',
      'taskReport of 1',
      'taskReport of 2',
    ]);
  });
});

describe('the beacon', () => {
  const flying = {
    phase: FLIGHT_PHASES.indexOf('offboard'),
    armed: 1,
    latDeg: 47.4,
    lonDeg: 8.5,
    altAmslM: 450,
    velocityNorthMps: 10,
    velocityEastMps: 0,
    velocityDownMps: -1,
    positionStdM: 0.4,
    batteryRemaining: 0.815,
  };

  it('says what the pilot says, carried forward to when it departs, with no mind alive', () => {
    const story = new Story();
    story.run(500);
    story.one.status(flying, 'separation');
    story.run(1000);
    const beacon = story.two.beacons(1).at(-1)!;
    const ageS = (beacon.sentMs - 1_000_500) / 1000;
    expect(ageS).toBeGreaterThan(0);
    expect(beacon.payload).toMatchObject({
      phase: 'offboard',
      armed: true,
      batteryPercent: 82,
      reason: 'separation',
      planSource: 'none',
      altAmslCm: Math.round(100 * (450 + ageS)),
    });
    const north = geodeticFromNed(storyMission.origin, { x: 10 * ageS, y: 0, z: 0 }).latDeg;
    expect(beacon.payload.latE7 / 1e7).toBeCloseTo(north, 6);
  });

  it('answers a directive at once, because an operator waits for it', () => {
    const story = new Story();
    story.one.status(flying);
    story.run(500);
    const before = story.two.beacons(1).length;
    story.one.status({ ...flying, directiveIssuer: OPERATOR, directiveNumber: 4 });
    story.air.advanceTo(story.air.nowMs + 11);
    expect(story.two.beacons(1)).toHaveLength(before + 1);
    expect(story.two.beacons(1).at(-1)!.payload.directive).toEqual([OPERATOR, 4]);
  });

  it('is no news while the pilot says the same, also of what it does not know yet', () => {
    const story = new Story();
    const unordered = { ...flying, directiveIssuer: Number.NaN, directiveNumber: Number.NaN };
    story.one.status(unordered);
    story.run(1000);
    const before = story.two.beacons(1).length;
    for (let round = 0; round < 20; round += 1) {
      story.one.status(unordered);
      story.run(100);
    }
    expect(story.two.beacons(1).length - before).toBeLessThanOrEqual(5);
  });

  it('carries the mind’s share of it, the audit chain’s head and echoes, until the mind falls silent', () => {
    const story = new Story();
    story.run(200);
    story.one.status(flying);
    const head = Uint8Array.from({ length: 32 }, (_, at) => at);
    story.one.mesh.logHead(encodeLogHead({ link: 6, closedUs: 1, head }));
    const mind = beaconOf(99, {
      task: 'lane:3',
      progressPermille: 250,
      planSource: 'model',
      phase: 'landed',
    });
    story.one.publish({ topic: 'beacon', payload: { ...mind, goal: goalOne, model: 'v3' } });
    story.run(1500);
    const beacon = story.two.beacons(1).at(-1)!.payload;
    expect(beacon).toMatchObject({
      sysid: 1,
      phase: 'offboard',
      task: 'lane:3',
      progressPermille: 250,
      planSource: 'model',
      model: 'v3',
      logHead: [6, head.slice(0, 8)],
    });
    expect(beacon.echoes.map(([member]) => member).sort()).toEqual([2, OPERATOR]);
    story.run(6000);
    const later = story.two.beacons(1).at(-1)!.payload;
    expect(later).toMatchObject({ task: null, planSource: 'none', progressPermille: 250 });
  });

  it('tells at once what is wrong with the vehicle, and when it is well again', () => {
    const story = new Story();
    story.run(500);
    story.one.status({ ...flying, phase: FLIGHT_PHASES.indexOf('boot') });
    story.run(300);
    const troubles = [trouble('wrong-baud', true, '57600'), trouble('second-sender', false, 'x')];
    story.one.status({ ...flying, phase: FLIGHT_PHASES.indexOf('boot') }, '', troubles);
    story.run(20);
    const told = (): unknown => story.two.beacons(1).at(-1)!.payload.troubles.map(unpackTrouble);
    expect(told()).toEqual(troubles);
    story.one.status(flying);
    story.run(20);
    expect(told()).toEqual([]);
  });

  it('says so when the pilot is silent, and doubts its place more and more', () => {
    const story = new Story();
    story.one.status(flying);
    story.run(2000);
    const sure = story.two.beacons(1).at(-1)!.payload;
    story.run(8000);
    const unsure = story.two.beacons(1).at(-1)!.payload;
    expect(unsure).toMatchObject({ phase: 'failsafe', reason: 'pilot silent' });
    expect(unsure.troubles).toEqual([]);
    story.run(3000);
    const gone = story.two.beacons(1).at(-1)!.payload.troubles.map(unpackTrouble);
    expect(gone).toEqual([{ code: 'pilot-silent', grave: true, subject: '' }]);
    expect(unsure.positionStdCm).toBeGreaterThan(sure.positionStdCm + 5000);
  });
});

describe('the neighbours that the pilot is told of', () => {
  it('are in the mission’s frame and this drone’s time, their promises too', () => {
    const story = new Story();
    story.order();
    story.run(3000);
    const place = geodeticFromNed(storyMission.origin, { x: 30, y: -40, z: -20 });
    const values = {
      phase: FLIGHT_PHASES.indexOf('offboard'),
      armed: 1,
      ...place,
      velocityNorthMps: 0,
      velocityEastMps: 2,
      velocityDownMps: 0,
      positionStdM: 0.5,
    };
    story.two.status(values);
    story.two.publish({ topic: 'intent', payload: intentOf(53_000, 30) });
    story.run(1000);
    const { neighbours, operatorHeardMs, peerHeardMs } = story.one.neighbours();
    const nowMs = story.one.clock.monotonicMs();
    expect(nowMs - operatorHeardMs).toBeLessThan(1100);
    expect(nowMs - peerHeardMs).toBeLessThan(1100);
    const [two] = neighbours;
    expect(two).toMatchObject({ member: 2, airborne: true, positionStdM: 0.5, knotMs: 400 });
    expect(two!.positionNed.x).toBeCloseTo(30, 0);
    expect(two!.velocityNed.y).toBeCloseTo(2);
    expect(two!.tube).toHaveLength(2);
    // 53,000 of its clock is 1,003,000 of ours.
    expect(Math.abs(two!.tubeStartMs - 1_003_000)).toBeLessThanOrEqual(two!.clockErrorMs);
    expect(two!.clockErrorMs).toBeLessThan(60);
    expect(nowMs - two!.atMs).toBeLessThan(1100);
  });

  it('are none before there is a mission, whose frame they would be in', () => {
    const story = new Story();
    story.two.status({ armed: 1, latDeg: 47.4, lonDeg: 8.5, altAmslM: 450 });
    story.run(1000);
    expect(story.one.neighbours().neighbours).toEqual([]);
    expect(story.one.neighbours().peerHeardMs).toBeGreaterThan(0);
  });
});

describe('what the mind asks for', () => {
  it('is published if its peers could accept it, and counted if not', () => {
    const story = new Story();
    story.run(500);
    story.one.publish(reportOf(2, 'lane:1'));
    story.one.mesh.publish(Uint8Array.of(0xc1), 0);
    story.one.publish({
      topic: 'directive',
      payload: { kind: 'abort', confirmed: false, number: 1, targets: [] },
    });
    story.run(1500);
    const frame = story.one.toMind.findLast((one) => one.type === MESSAGE_TYPE.meshStatus)!;
    const status = decodeMeshStatus(frame.payload);
    expect(status).toMatchObject({ member: 1, messagesRejected: 3, lastReject: 'own role' });
    expect(status.peers.filter((peer) => peer.connected)).toHaveLength(2);
    expect(story.two.heard().some((one) => one.topic === 'taskReport')).toBe(false);
  });
});
