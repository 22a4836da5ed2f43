import { resolve } from 'node:path';

import { Fault } from '#protocols/fault.ts';
import { stationClient, type StationClient } from '../client/station-socket.ts';
import { createOutput, type Output } from '../output.ts';

/** Options that every command takes. */
export interface GlobalOptions {
  json?: boolean;
  station?: string;
}

/** Where a station listens unless told otherwise: beneath the directory where the operator works. */
export const DEFAULT_STATION_SOCKET = '.skein/station.sock';

/** What a command works with. */
export interface Context {
  output: Output;
  station: StationClient;
  stationSocket: string;
}

export const createContext = (options: GlobalOptions): Context => {
  const stationSocket = resolve(
    options.station ?? process.env['SKEIN_STATION'] ?? DEFAULT_STATION_SOCKET,
  );
  return {
    output: createOutput(
      options.json === true,
      (text) => process.stdout.write(text),
      (text) => process.stderr.write(text),
    ),
    station: stationClient(stationSocket),
    stationSocket,
  };
};

/** A positive whole number from the command line. Throws Fault 'usage' naming the option. */
export const wholeNumber = (text: string, option: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new Fault('usage', `${option} is "${text}": a whole number is needed`, {
    exit: 'usage',
    data: { option, value: text },
    remedy: `Write for example ${option} 3.`,
  });
};
