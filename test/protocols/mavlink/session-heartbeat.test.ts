import { describe, expect, test, vi } from 'vitest';
import { Framer } from '#protocols/mavlink/framer.ts';
import { SessionRig } from './stand-in-link.ts';

/** Times, in ms, at which the session's heartbeats left. */
const heartbeatsOf = (rig: SessionRig): number[] => {
  const times: number[] = [];
  const framer = new Framer();
  const send = rig.link.send.bind(rig.link);
  vi.spyOn(rig.link, 'send').mockImplementation((bytes) => {
    framer.push(bytes);
    for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
      if (frame.msgid === 0) times.push(rig.nowMs);
    }
    send(bytes);
  });
  return times;
};

const since = (times: readonly number[], fromMs: number): number =>
  times.filter((atMs) => atMs > fromMs).length;

describe("a tool's heartbeat says that somebody is at work", () => {
  test('it goes each second while the tool waits for an answer, however long', async () => {
    const rig = new SessionRig();
    const times = heartbeatsOf(rig);
    await rig.until(rig.session.measure(20_000));
    expect(times.length).toBeGreaterThanOrEqual(19);
    expect(times.length).toBeLessThanOrEqual(21);
  });

  test('it stops when the tool neither asks nor waits, and comes back a second after it does again', async () => {
    const rig = new SessionRig();
    const times = heartbeatsOf(rig);
    rig.run(30);
    const quietMs = rig.nowMs;
    // A tool that does nothing is believed for a few seconds.
    expect(since(times, quietMs - 20_000)).toBe(0);
    expect(times.length).toBeGreaterThanOrEqual(4);
    await rig.until(rig.session.measure(900));
    expect(since(times, quietMs)).toBe(0);
    await rig.until(rig.session.measure(3000));
    expect(since(times, quietMs)).toBeGreaterThanOrEqual(2);
  });

  test('it stops when the process hangs, and does not come back with its first turn', () => {
    const rig = new SessionRig();
    const times = heartbeatsOf(rig);
    const waits = rig.session.measure(60_000);
    rig.run(3);
    rig.link.advance(2000);
    const backMs = rig.nowMs;
    rig.session.pump(rig.nowMs);
    rig.run(0.9);
    expect(since(times, backMs - 2000)).toBe(0);
    rig.run(2);
    expect(since(times, backMs)).toBeGreaterThanOrEqual(1);
    expect(waits).toBeInstanceOf(Promise);
  });

  test('a tool that streams and looks, but asks for no answer, is at work as well', () => {
    const rig = new SessionRig();
    const times = heartbeatsOf(rig);
    for (let second = 0; second < 20; second += 1) {
      rig.session.status();
      rig.run(1);
    }
    expect(times.length).toBeGreaterThanOrEqual(19);
  });
});
