import type { Geodetic } from '#protocols/frames.ts';
import type { Vector3 } from '#protocols/vector.ts';
import type { Autopilot } from '../autopilot.ts';
import type { RequestResult } from '../commander.ts';

/** COMMAND_LONG, or COMMAND_INT with its position turned into degrees. */
export interface Command {
  command: number;
  /** NaN where the sender leaves a value to the vehicle. */
  params: readonly [number, number, number, number, number, number, number];
  /** The altitude in parameter 7 counts from home, not from mean sea level. */
  aboveHome: boolean;
}

export interface CommandPorts {
  autopilot: Autopilot;
  localOf: (position: Geodetic) => Vector3;
}

/** One COMMAND_ACK. */
export interface Answer {
  result: RequestResult;
  /** Later than the command's own cycle by so much. */
  afterMs?: number;
  /** COMMAND_ACK.progress. */
  progress?: number;
}

/** What a command comes to: a result, several acks, or (undefined) silence. */
export type Outcome = RequestResult | readonly Answer[] | undefined;

export type CommandHandler = (ports: CommandPorts, command: Command) => Outcome;

/** Local NED of parameters 5–7; NaN where they are. */
export const targetOf = ({ autopilot, localOf }: CommandPorts, command: Command): Vector3 => {
  const { situation } = autopilot;
  const [, , , , latDeg, lonDeg, altitudeM] = command.params;
  const homeAmslM = situation.originAltAmslM - situation.homeNed.z;
  const altAmslM = command.aboveHome ? homeAmslM + altitudeM : altitudeM;
  return localOf({ latDeg, lonDeg, altAmslM });
};
