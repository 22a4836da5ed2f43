import { existsSync } from 'node:fs';
import { readUlogFile } from '#protocols/log/ulog-file.ts';
import { flightOf, type UlogFlight } from '#protocols/log/ulog-flight.ts';
import type { Ulog } from '#protocols/log/ulog.ts';
import type { Profile } from '#sim/autopilot/parameters.ts';

const LOGS = '../shared/px4-traces/ulg';

export interface LogSpec {
  name: string;
  profile: Profile;
  /** Control and physics were tuned by these; the others only judge. */
  fitted: boolean;
}

/** Flights of random velocity setpoints in OFFBOARD, which PX4's own simulator logged. */
export const LOGGED_FLIGHTS: readonly LogSpec[] = [
  { name: 'v1.15.4-random-vel-default-drag', profile: '1.15', fitted: true },
  { name: 'v1.15.4-random-vel-kdv0.25-10ms', profile: '1.15', fitted: false },
  { name: 'v1.18beta-random-vel-nowind', profile: '1.18', fitted: true },
  { name: 'v1.18beta-random-vel-windN5E-3', profile: '1.18', fitted: false },
];

export const logsPresent = (): boolean => existsSync(LOGS);

/** A logged flight with everything that the fit reads, none of it optional. */
export type LoggedFlight = Required<
  Pick<
    UlogFlight,
    | 'truth'
    | 'estimate'
    | 'attitude'
    | 'attitudeTruth'
    | 'attitudeSetpoint'
    | 'rates'
    | 'ratesSetpoint'
    | 'setpoint'
    | 'motors'
    | 'hoverThrust'
    | 'status'
  >
> & { parameters: ReadonlyMap<string, number>; offboard: { fromS: number; toS: number } };

const OFFBOARD = 14;

/** Parameters in force in flight: the last change before it counts. */
const parametersOf = (log: Ulog, byS: number): Map<string, number> => {
  const parameters = new Map(log.parameters);
  for (const { timeS, name, value } of log.parameterChanges) {
    if (timeS <= byS) parameters.set(name, value);
  }
  return parameters;
};

export const loadLog = async ({ name }: LogSpec): Promise<LoggedFlight> => {
  const log = await readUlogFile(`${LOGS}/${name}.ulg.gz`);
  const flight = flightOf(log) as LoggedFlight;
  const { navState, timeS } = flight.status;
  const first = navState.indexOf(OFFBOARD);
  if (first < 0) throw new Error(`${name}: never in OFFBOARD`);
  const fromS = timeS[first]!;
  const left = navState.findIndex((state, row) => row > first && state !== OFFBOARD);
  // The random velocities end where the script flies to a position to come home.
  const { setpoint } = flight;
  const homeward = setpoint.timeS.findIndex(
    (atS, row) => atS > fromS + 1 && Number.isFinite(setpoint.north[row]),
  );
  const ends = [timeS[left] ?? timeS.at(-1)!, setpoint.timeS[homeward] ?? timeS.at(-1)!];
  const offboard = { fromS, toS: Math.min(...ends) };
  return { ...flight, parameters: parametersOf(log, offboard.fromS), offboard };
};
