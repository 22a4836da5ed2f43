import { expect, test } from 'vitest';
import { streamRequests } from '#protocols/mavlink/stream-request.ts';

const SET_MESSAGE_INTERVAL = 511;
const LOCAL_POSITION_NED = 32;
const ATTITUDE = 30;
const HEARTBEAT = 0;

test('wanted streams are asked for first, at their interval in microseconds', () => {
  const requests = streamRequests(
    new Map([
      [LOCAL_POSITION_NED, 50],
      [ATTITUDE, 20],
    ]),
  );
  expect(requests.slice(0, 2)).toEqual([
    { command: SET_MESSAGE_INTERVAL, params: [LOCAL_POSITION_NED, 20_000] },
    { command: SET_MESSAGE_INTERVAL, params: [ATTITUDE, 50_000] },
  ]);
});

test('whatever else the vehicle streams unasked is turned off, but never its heartbeat', () => {
  const requests = streamRequests(new Map([[ATTITUDE, 20]]));
  const silenced = requests.filter(({ params }) => params[1] === -1).map(({ params }) => params[0]);
  expect(silenced).toContain(LOCAL_POSITION_NED);
  expect(silenced).not.toContain(ATTITUDE);
  expect(silenced).not.toContain(HEARTBEAT);
  expect(new Set(requests.map(({ params }) => params[0])).size).toBe(requests.length);
});

test('a rate of zero turns a stream off', () => {
  const [first] = streamRequests(new Map([[ATTITUDE, 0]]));
  expect(first).toEqual({ command: SET_MESSAGE_INTERVAL, params: [ATTITUDE, -1] });
});
