import type { SerialPort } from 'serialport';
import { Fault } from '../fault.ts';
import { USUAL_BAUDS } from './connection-string.ts';
import { openDialledLink, type BytePipe, type PipeEvents, type StreamLink } from './stream-link.ts';

export interface SerialLinkOptions {
  /** Device, e.g. /dev/ttyAMA0. */
  path: string;
  baud: number;
  /** RTS/CTS in hardware. */
  flowControl: boolean;
  sysid?: number | undefined;
  capacityFrames?: number;
}

/** Start, eight data and stop bit. */
const BITS_PER_BYTE = 10;

/** What may wait to leave: older than this, a setpoint is the past. */
const QUEUE_S = 0.1;

/**
 * A line that has been silent for so long is asked whether it is still there: reading a terminal that
 * was hung up gives no bytes and no error, and serialport would read for ever.
 */
const PROBE_MS = 1000;

/** Two of the longest packets must fit even at a slow rate. */
const LEAST_QUEUE_BYTES = 600;

/**
 * Door: opens a serial line to a flight controller, 8N1, and opens it again whenever the device comes
 * back. Throws the Faults `serial-missing`, `serial-forbidden`, `serial-busy`, `serial-baud`,
 * `serial-unfit` (no serial device) and `serial-failed`, exit noLink.
 */
export const openSerialLink = (options: SerialLinkOptions): Promise<StreamLink> => {
  const queued = (options.baud / BITS_PER_BYTE) * QUEUE_S;
  return openDialledLink(
    (events) => dialSerial(options, events),
    (delayMs, action) => {
      const timer = setTimeout(action, delayMs);
      return () => clearTimeout(timer);
    },
    { ...options, queueLimitBytes: Math.max(LEAST_QUEUE_BYTES, queued) },
  );
};

const dialSerial = async (options: SerialLinkOptions, events: PipeEvents): Promise<BytePipe> => {
  // Only now: native code, and megabytes that a vehicle on UDP need not carry.
  const { SerialPort } = await import('serialport');
  const port = new SerialPort({
    path: options.path,
    baudRate: options.baud,
    rtscts: options.flowControl,
    autoOpen: false,
  });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => {
      if (error === null) resolve();
      else reject(serialFault(error, options));
    });
  });
  return pipeOf(port, options, events);
};

const pipeOf = (port: SerialPort, options: SerialLinkOptions, events: PipeEvents): BytePipe => {
  let ended = false;
  let heard = true;
  const end = (cause: unknown): void => {
    if (ended) return;
    ended = true;
    clearInterval(probe);
    close(port);
    events.onEnd(lostFault(cause, options));
  };
  const probe = setInterval(() => {
    // Throws away what was not read: nothing, as nothing came.
    if (!heard) port.flush((error) => error && end(error));
    heard = false;
  }, PROBE_MS);
  port.on('data', (bytes: Buffer) => {
    if (ended) return;
    heard = true;
    events.onBytes(bytes);
  });
  port.on('error', end);
  port.on('close', end);
  return {
    get queuedBytes() {
      return port.writableLength;
    },
    write: (bytes) => {
      if (!ended) port.write(bytes);
    },
    close: () => {
      ended = true;
      clearInterval(probe);
      close(port);
    },
  };
};

const close = (port: SerialPort): void => {
  // Its error handler stays: what fails while closing concerns nobody.
  if (port.isOpen) port.close(() => {});
};

const lostFault = (cause: unknown, { path }: SerialLinkOptions): Fault =>
  new Fault('serial-lost', `${path} went away: ${reasonOf(cause)}`, {
    exit: 'noLink',
    data: { path },
    remedy: `Check plug, cable and power of the flight controller; ${path} is opened again once it is back.`,
    cause,
  });

const reasonOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message.replace(/^(Error: )+/u, '') : 'closed';

/** The native part tells the reason in words alone. */
const serialFault = (cause: Error, { path, baud }: SerialLinkOptions): Fault => {
  const reason = reasonOf(cause);
  const fault = (code: string, message: string, remedy: string): Fault =>
    new Fault(code, message, { exit: 'noLink', data: { path, baud, reason }, remedy, cause });
  if (/no such file|no such device|not found/iu.test(reason)) {
    return fault(
      'serial-missing',
      `there is no device ${path}`,
      'List them with `ls -l /dev/serial/by-id /dev/tty{ACM,USB,AMA,THS}*`; on a Raspberry Pi enable the UART first (raspi-config).',
    );
  }
  if (/permission denied|access denied/iu.test(reason)) {
    return fault(
      'serial-forbidden',
      `no permission to open ${path}`,
      'Add the user to the group that owns it (`sudo usermod -aG dialout $USER`) and log in again.',
    );
  }
  if (/cannot lock|busy|temporarily unavailable/iu.test(reason)) {
    return fault(
      'serial-busy',
      `${path} is in use by another program`,
      `Stop it: \`fuser -v ${path}\` names it. A login console or ModemManager holds ports too.`,
    );
  }
  if (/baud|inappropriate ioctl/iu.test(reason)) {
    return fault(
      'serial-baud',
      `${path} cannot run at ${baud} baud, or is no serial device`,
      `Use the rate of the flight controller's port (SER_TEL1_BAUD and the like); usual are ${USUAL_BAUDS.join(', ')}.`,
    );
  }
  if (/is a directory|not a tty|invalid argument/iu.test(reason)) {
    return fault(
      'serial-unfit',
      `${path} is no serial device`,
      'Give the path of a /dev/tty… device.',
    );
  }
  return fault(
    'serial-failed',
    `${path} cannot be opened: ${reason}`,
    'Check the device with dmesg.',
  );
};
