import { setInterval } from 'node:timers';
import { afterEach, describe, expect, test } from 'vitest';
import { startVehicleSession } from '#protocols/mavlink/start-vehicle-session.ts';
import { systemClock } from '#protocols/system-clock.ts';
import { StandInLink } from './stand-in-link.ts';

const timers: NodeJS.Timeout[] = [];

afterEach(() => {
  for (const timer of timers.splice(0)) clearInterval(timer);
});

/** A stand-in whose time passes by itself. */
const live = (): StandInLink => {
  const link = new StandInLink();
  timers.push(setInterval(() => link.advance(20), 5));
  return link;
};

describe('starting a session', () => {
  test('finds the vehicle, and works without anybody pumping', async () => {
    const session = await startVehicleSession(live(), systemClock);
    expect(session.vehicle).toEqual({ sysid: 7, compid: 1 });
    expect((await session.parameter('COM_OF_LOSS_T'))?.value).toBe(1);
    await session.close();
  });

  test('leaves no choice to chance where several vehicles send to one port', async () => {
    const link = live();
    link.counts.datagramsForeign = 12;
    await expect(startVehicleSession(link, systemClock)).rejects.toMatchObject({
      code: 'several-vehicles',
      exit: 'usage',
    });
    const named = live();
    named.counts.datagramsForeign = 12;
    const session = await startVehicleSession(named, systemClock, { sysid: 7 });
    await session.close();
  });

  test('gives up on a silent link, and closes it', async () => {
    const link = new StandInLink();
    await expect(startVehicleSession(link, systemClock, { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'no-vehicle',
    });
    link.advance(2000);
    expect(link.receive()).toEqual([]);
  });
});
