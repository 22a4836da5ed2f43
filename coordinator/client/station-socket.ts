import { request } from 'node:http';

import { Fault } from '#protocols/fault.ts';

/** A thin client of the station's Unix socket. */
export interface StationClient {
  /** Throws Fault 'no-station' (exit noLink) when nobody listens, 'station-late' (exit timeout), or the station's own fault. */
  call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown>;
}

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 16 << 20;

interface StationError {
  error: { code: string; message: string; remedy?: string };
}

const isStationError = (value: unknown): value is StationError =>
  typeof value === 'object' && value !== null && 'error' in value;

export const stationClient = (socketPath: string, timeoutMs = TIMEOUT_MS): StationClient => ({
  call: async (method, path, body) => {
    const { status, text } = await exchange(socketPath, timeoutMs, method, path, body);
    let answer: unknown;
    try {
      answer = JSON.parse(text);
    } catch (cause) {
      throw new Fault('station-garbled', `the station answered ${status} without JSON`, { cause });
    }
    if (status < 400) return answer;
    const { error } = isStationError(answer)
      ? answer
      : { error: { code: 'station-failed', message: `the station answered ${status}` } };
    throw new Fault(error.code, error.message, {
      exit: status < 500 ? 'refused' : 'failed',
      ...('remedy' in error && error.remedy !== undefined ? { remedy: error.remedy } : {}),
    });
  },
});

const exchange = (
  socketPath: string,
  timeoutMs: number,
  method: string,
  path: string,
  body: unknown,
): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers = payload === undefined ? {} : { 'content-type': 'application/json' };
    // A connection of its own: one kept for the next call may be closed by the station in that very moment.
    const options = { socketPath, method, path, headers, timeout: timeoutMs, agent: false };
    const call = request(options, (response) => {
      const chunks: Uint8Array[] = [];
      let size = 0;
      response.on('data', (chunk: Uint8Array) => {
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) response.destroy(new Error('answer too large'));
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    call.on('timeout', () => call.destroy(stationLate(socketPath, timeoutMs)));
    call.on('error', (cause) =>
      reject(
        cause instanceof Fault
          ? cause
          : new Fault('no-station', `no station answers at ${socketPath}`, {
              exit: 'noLink',
              data: { socketPath },
              remedy:
                'Start one with "skein station" or "skein sim up", or name it with --station.',
              cause,
            }),
      ),
    );
    call.end(payload);
  });

const stationLate = (socketPath: string, timeoutMs: number): Fault =>
  new Fault('station-late', `the station did not answer within ${timeoutMs / 1000} s`, {
    exit: 'timeout',
    data: { socketPath, timeoutMs },
    remedy: 'Try again; if it stays so, look at what else keeps this machine busy.',
  });
