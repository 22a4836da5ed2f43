/**
 * Other people's clients fly the stand-in: pymavlink and MAVSDK. Needs a Python that has them
 * (SKEIN_PYTHON, .skein/interop/bin/python or python3); whatever is missing is skipped, and says so.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { canImport, LIMIT_MS, runClient, startVehicle, stopAll } from './client-run.ts';

afterAll(stopAll);

describe.concurrent('other people’s clients', () => {
  test.skipIf(!canImport('pymavlink'))(
    'pymavlink: identity, parameters, missions, take-off and landing over the ground link',
    async () => {
      const { ground } = await startVehicle('1.18');
      const steps = await runClient('pymavlink_session.py', `udpin:127.0.0.1:${ground}`);
      expect(steps.get('heartbeat')).toMatchObject({ autopilot: 12, version: 3 });
      expect(steps.get('identity')).toMatchObject({
        results: [0, 0, 0, 0, 0, 2],
        version: '0x1120080',
      });
      expect(steps.get('parameters')).toMatchObject({ first: '_HASH_CHECK', count: 920, set: 4 });
      expect(steps.get('parameters')!.seconds).toBeLessThan(3);
      expect(steps.get('missions')).toMatchObject({ before: [0, 0, 0], ack: 0, after: 3 });
      expect(steps.get('takeoff')).toMatchObject({ results: [0, 0] });
      expect(steps.get('takeoff')!['text']).toMatch(/Takeoff detected/u);
      expect(steps.get('landed')).toMatchObject({ result: 0 });
    },
    LIMIT_MS,
  );

  test.skipIf(!canImport('mavsdk'))(
    'MAVSDK: version, parameters, telemetry, a mission, OFFBOARD and landing over the onboard link',
    async () => {
      const { companion } = await startVehicle('1.18');
      const steps = await runClient('mavsdk_flight.py', `udpin://127.0.0.1:${companion}`);
      expect(steps.get('found')).toMatchObject({ sysid: 1 });
      expect(steps.get('version')).toMatchObject({ major: 1, minor: 18 });
      expect(steps.get('parameters')).toMatchObject({ count: 920, mode1: -1 });
      expect(steps.get('set')).toMatchObject({ value: 6 });
      expect(steps.get('telemetry')!['satellites']).toBe(10);
      expect(steps.get('mission')).toMatchObject({ items: 2 });
      expect(steps.get('offboard')).toMatchObject({ active: true });
      expect(steps.get('flown')).toMatchObject({ finished: true });
      expect(steps.has('landed')).toBe(true);
    },
    LIMIT_MS,
  );
});
