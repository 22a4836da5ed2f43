import { describe, expect, it } from 'vitest';

import { verifyFlight } from '#protocols/log/verify.ts';
import type { ProcessName } from '#sim/machine/companion.ts';
import { idleEpisode } from './idle-episode.ts';

const PROCESSES: ProcessName[] = ['recorder', 'pilot', 'mesh', 'mind'];

describe('a companion computer', () => {
  it('without power has no process; booted again it counts from its boot and records another flight', async () => {
    const episode = idleEpisode([{ kind: 'power', atMs: 6000, sysid: 1, forMs: 5000 }]);
    const drone = episode.drone(1)!;
    const alive = (): boolean[] => PROCESSES.map((name) => drone.isRunning(name));
    await episode.run(5990);
    const upMs = drone.clock.monotonicMs();
    expect(alive()).toEqual([true, true, true, true]);
    await episode.run(6010);
    expect(alive()).toEqual([false, false, false, false]);
    await episode.run(10_990);
    expect(alive()).toEqual([false, false, false, false]);
    await episode.run(14_000);
    expect(alive()).toEqual([true, true, true, true]);
    expect(drone.clock.monotonicMs()).toBeLessThan(upMs);
    await episode.finish();
    const [former] = drone.storage.formerLogs;
    expect((await verifyFlight(former!)).status).toBe('truncated');
    expect((await verifyFlight(drone.storage.log)).status).toBe('verified');
    // The others have heard of both boots, and of nothing out of order.
    expect(episode.drone(2)!.isRunning('mesh')).toBe(true);
  });

  it('that is lost does not boot when power comes back', async () => {
    const episode = idleEpisode([
      { kind: 'power', atMs: 6000, sysid: 1, forMs: 2000 },
      { kind: 'lost-companion', atMs: 7000, sysid: 1 },
    ]);
    await episode.run(12_000);
    expect(episode.drone(1)!.isRunning('pilot')).toBe(false);
  });

  it('with a full disk flies, hears and speaks on; its recorder comes back with the room', async () => {
    const episode = idleEpisode([{ kind: 'disk-full', atMs: 6000, sysid: 1, forMs: 12_000 }]);
    const drone = episode.drone(1)!;
    const down = new Map<ProcessName, number>();
    for (let ms = 6000; ms < 18_000; ms += 20) {
      await episode.run(ms);
      for (const name of PROCESSES) {
        if (!drone.isRunning(name)) down.set(name, (down.get(name) ?? 0) + 20);
      }
    }
    expect([...down.keys()]).toEqual(['recorder']);
    await episode.run(22_000);
    expect(drone.isRunning('recorder')).toBe(true);
    await episode.finish();
    expect((await verifyFlight(drone.storage.log)).status).toBe('verified');
  });

  it('starts a mesh process on a full disk, too', async () => {
    const episode = idleEpisode([
      { kind: 'disk-full', atMs: 6000, sysid: 1, forMs: 12_000 },
      { kind: 'kill', atMs: 8000, sysid: 1, process: 'mesh' },
    ]);
    await episode.run(8100);
    expect(episode.drone(1)!.isRunning('mesh')).toBe(false);
    await episode.run(10_000);
    expect(episode.drone(1)!.isRunning('mesh')).toBe(true);
    await episode.finish();
  });

  it('takes its time to start what died, once', async () => {
    const episode = idleEpisode([
      { kind: 'slow-restart', atMs: 6000, sysid: 1, process: 'pilot', byMs: 5000 },
      { kind: 'kill', atMs: 14_000, sysid: 1, process: 'pilot' },
    ]);
    const drone = episode.drone(1)!;
    await episode.run(11_000);
    expect(drone.isRunning('pilot')).toBe(false);
    await episode.run(11_700);
    expect(drone.isRunning('pilot')).toBe(true);
    await episode.run(14_900);
    expect(drone.isRunning('pilot')).toBe(true);
  });

  it('has a clock that runs on without a step when its crystal gets warm', async () => {
    const episode = idleEpisode([{ kind: 'skew', atMs: 6000, sysid: 1, skewPpm: 200 }]);
    const { clock } = episode.drone(1)!;
    await episode.run(6000);
    const before = clock.monotonicMs();
    await episode.run(16_000);
    expect(clock.monotonicMs() - before).toBeCloseTo(10_002, 1);
  });
});
