/**
 * What other people's clients ask for besides flying, call by call, and how the stand-in refuses. As
 * `interop.test.ts`: needs a Python with the clients in it (MAVProxy too), skips what is missing.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { canImport, LIMIT_MS, runClient, startVehicle, stopAll } from './client-run.ts';

afterAll(stopAll);

describe.concurrent('other people’s clients, call by call', () => {
  test.skipIf(!canImport('mavsdk'))(
    'MAVSDK: every subscription, parameters, calibration, files, metadata, plans, refusals',
    async () => {
      const { companion } = await startVehicle('1.18');
      const steps = await runClient('mavsdk_questions.py', `udpin://127.0.0.1:${companion}`);
      expect(steps.get('telemetry')).toMatchObject({ subscriptions: 33, unexpected: [] });
      const rates = Object.values(steps.get('telemetry')!['rates'] as Record<string, number>);
      expect(rates).toHaveLength(3);
      for (const hz of rates) expect(Math.abs(hz - 10)).toBeLessThan(2);
      expect(steps.get('identity')).toMatchObject({ flight: true });
      expect(steps.get('parameters')!['refused']).toEqual(
        ['DOES_NOT_EXIST', 'DOES_NOT_EXIST', 'WRONG_TYPE', 'TYPE_MISMATCH'].map((word) =>
          expect.stringContaining(word),
        ),
      );
      expect(steps.get('calibrations')!['gyro']).toBeGreaterThan(10);
      expect(steps.get('calibrations')!['cancelled']).toContain('CANCELLED');
      expect(steps.get('files')).toMatchObject({ files: 3, same: true });
      expect(steps.get('files')!['refused']).toEqual(
        ['DOES_NOT_EXIST', 'PROTECTED', 'NO_LOGFILES'].map((word) => expect.stringContaining(word)),
      );
      expect(steps.get('metadata')).toMatchObject({ parameters: 920 });
      expect(steps.get('health')).toMatchObject({ mode: 'Hold', can_arm: true });
      expect(steps.get('health')!['present']).toEqual(expect.arrayContaining(['Battery', 'GPS']));
      expect(steps.get('plans')).toMatchObject({ fence: 4, left: 0, rally: [5100] });
      expect(steps.get('refusals')).toMatchObject({
        ground: ['NO_SETPOINT_SET', 'COMMAND_DENIED', 'NO_VTOL_TRANSITION_SUPPORT'].map((word) =>
          expect.stringContaining(word),
        ),
        armed: [expect.stringContaining('DENIED'), expect.stringContaining('DENIED')],
        origin: '',
      });
      // A time-out is a second or more in MAVSDK: none of these waits for one.
      for (const step of ['identity', 'parameters', 'files', 'plans']) {
        expect({ step, quick: steps.get(step)!.seconds < 3 }).toEqual({ step, quick: true });
      }
    },
    LIMIT_MS,
  );

  test.skipIf(!canImport('pymavlink'))(
    'pymavlink’s modules: mavparm, mavwp, mavftp, modes by name, arming',
    async () => {
      const { ground } = await startVehicle('1.18');
      const steps = await runClient('pymavlink_modules.py', `udpin:127.0.0.1:${ground}`);
      expect(steps.get('parameters')).toMatchObject({ set: [true, true], known: 921, value: 4.5 });
      expect(steps.get('missions')).toMatchObject({ ack: 0, count: 3, current: 2, cleared: 0 });
      expect(steps.get('files')).toMatchObject({
        names: ['all_events.json.xz', 'component_general.json.xz', 'parameters.json.xz'],
        got: 0,
        missing: 10,
      });
      const modes = steps.get('modes')!['results'] as Record<string, number>;
      expect(Object.values(modes)).toEqual([0, 0, 0, 0, 0, 0]);
      expect(steps.get('arming')).toMatchObject({ results: [0, 0] });
    },
    LIMIT_MS,
  );

  test.skipIf(!canImport('MAVProxy'))(
    'MAVProxy: parameters, missions, fence, rally points, files, a short flight',
    async () => {
      const { ground } = await startVehicle('1.18');
      const steps = await runClient('mavproxy_session.py', `udpin:127.0.0.1:${ground}`);
      expect(steps.has('takeoff 5')).toBe(true);
      expect(steps.get('wp load m.txt')!.seconds).toBeLessThan(5);
    },
    LIMIT_MS,
  );
});
