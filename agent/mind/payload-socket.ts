import { connect, type Socket } from 'node:net';

import { configureLine, parsePayloadLine } from './payload-line.ts';
import type { Look, PayloadConfiguration } from './state.ts';

const RETRY_MS = 500;
/** A line longer than this is no look: whoever sends it is cut off. */
const MAX_LINE_BYTES = 4096;

export interface Payload {
  /** Tells the detector the grid, now and after every reconnection. */
  configure(configuration: PayloadConfiguration): void;
  close(): void;
}

interface PayloadHandlers {
  onLook(look: Look): void;
  onAlive(): void;
}

/** Door to the detector: JSON lines over a Unix stream socket; connects again for ever. */
export const connectPayload = (path: string, handlers: PayloadHandlers): Payload => {
  let socket: Socket | undefined;
  let configuration: PayloadConfiguration | undefined;
  let retry: NodeJS.Timeout | undefined;
  let closed = false;
  const dial = (): void => {
    const dialled = connect(path);
    socket = dialled;
    dialled.setEncoding('utf8');
    dialled.on('connect', () => {
      if (configuration !== undefined) dialled.write(configureLine(configuration));
    });
    readLines(dialled, (line) => {
      const message = parsePayloadLine(line);
      if (message === 'alive') handlers.onAlive();
      else if (message !== undefined) handlers.onLook(message);
    });
    dialled.on('error', () => dialled.destroy());
    dialled.on('close', () => {
      if (!closed) retry = setTimeout(dial, RETRY_MS);
    });
  };
  dial();
  return {
    configure: (wanted) => {
      configuration = wanted;
      if (socket?.readyState === 'open') socket.write(configureLine(wanted));
    },
    close: () => {
      closed = true;
      clearTimeout(retry);
      socket?.destroy();
    },
  };
};

const readLines = (socket: Socket, onLine: (line: string) => void): void => {
  let held = '';
  socket.on('data', (text) => {
    const lines = (held + String(text)).split('\n');
    held = lines.pop() ?? '';
    for (const line of lines) if (line.length <= MAX_LINE_BYTES) onLine(line);
    if (held.length > MAX_LINE_BYTES) socket.destroy();
  });
};
