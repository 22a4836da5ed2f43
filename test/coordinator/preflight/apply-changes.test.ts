import { expect, test } from 'vitest';

import { applyChanges } from '#coordinator/preflight/apply-changes.ts';
import type { AutopilotStatus } from '#protocols/mavlink/heartbeat.ts';
import type { ParameterOutcome } from '#protocols/mavlink/parameter-client.ts';
import { AutopilotTracker } from '#protocols/mavlink/heartbeat.ts';

const CHANGES = [
  { name: 'COM_OBL_RC_ACT', from: 0, value: 3 },
  { name: 'COM_ARM_WO_GPS', from: 1, value: 0 },
];

/** A vehicle that notes what is set; it may be armed after so many sets, or refuse. */
const vehicle = (story: { armedAfter?: number; silent?: boolean; refuses?: string } = {}) => {
  const set: string[] = [];
  const status = (): AutopilotStatus => ({
    ...new AutopilotTracker(1).status(0),
    armed: set.length >= (story.armedAfter ?? Infinity),
    heartbeatAgeMs: story.silent === true ? Infinity : 100,
  });
  const setParameter = (name: string, value: number): Promise<ParameterOutcome> => {
    const parameter = { name, type: 'int32' as const, value };
    if (name === story.refuses) {
      return Promise.resolve({ id: 1, name, result: 'refused', parameter });
    }
    set.push(name);
    return Promise.resolve({ id: 1, name, result: 'set', parameter, before: 0 });
  };
  const next = (): Promise<undefined> => Promise.resolve(undefined);
  return { set, session: { vehicle: { sysid: 1, compid: 1 }, status, setParameter, next } };
};

test('sets one after the other', async () => {
  const { set, session } = vehicle();
  await applyChanges(session, CHANGES);
  expect(set).toEqual(['COM_OBL_RC_ACT', 'COM_ARM_WO_GPS']);
});

test('never sets anything on a vehicle that is armed, or armed since, or not heard', async () => {
  for (const [story, sets] of [
    [{ armedAfter: 0 }, 0],
    [{ armedAfter: 1 }, 1],
    [{ silent: true }, 0],
  ] as const) {
    const { set, session } = vehicle(story);
    await expect(applyChanges(session, CHANGES)).rejects.toMatchObject({
      code: 'vehicle-armed',
      exit: 'refused',
    });
    expect(set).toHaveLength(sets);
  }
});

test('names the parameter that the vehicle does not take', async () => {
  const { session } = vehicle({ refuses: 'COM_ARM_WO_GPS' });
  await expect(applyChanges(session, CHANGES)).rejects.toMatchObject({
    code: 'parameter-not-set',
    data: { name: 'COM_ARM_WO_GPS' },
  });
});
