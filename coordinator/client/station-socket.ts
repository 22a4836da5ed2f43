import { request } from 'node:http';

import { Fault } from '#protocols/fault.ts';

/** A thin client of the station's Unix socket. */
export interface StationClient {
  /** Throws Fault 'no-station' (exit noLink) when nobody listens, or the station's own fault. */
  call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown>;
}

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 16 << 20;

interface StationError {
  error: { code: string; message: string; remedy?: string };
}

const isStationError = (value: unknown): value is StationError =>
  typeof value === 'object' && value !== null && 'error' in value;

export const stationClient = (socketPath: string): StationClient => ({
  call: async (method, path, body) => {
    const { status, text } = await exchange(socketPath, method, path, body);
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
  method: string,
  path: string,
  body: unknown,
): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers = payload === undefined ? {} : { 'content-type': 'application/json' };
    const call = request({ socketPath, method, path, headers, timeout: TIMEOUT_MS }, (response) => {
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
    call.on('timeout', () => call.destroy(new Error('no answer in time')));
    call.on('error', (cause) =>
      reject(
        new Fault('no-station', `no station answers at ${socketPath}`, {
          exit: 'noLink',
          data: { socketPath },
          remedy: 'Start one with "skein station" or "skein sim up", or name it with --station.',
          cause,
        }),
      ),
    );
    call.end(payload);
  });
