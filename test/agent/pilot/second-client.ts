import { CommandLong } from 'mavlink-mappings/dist/lib/common.js';
import { decode, Encoder } from '#protocols/mavlink/codec.ts';
import type { CommandRequest } from '#protocols/mavlink/command.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import type { FlightMode } from '#protocols/mavlink/modes.ts';
import { setModeCommand } from '#protocols/mavlink/vehicle-command.ts';
import type { Sortie } from './sortie.ts';

const encoder = new Encoder(255, 190);

/** A ground station of somebody else's commands the vehicle past the agent. */
export const stationSays = (sortie: Sortie, { command, params }: CommandRequest): void => {
  const message = new CommandLong();
  message.targetSystem = 1;
  message.targetComponent = 1;
  message.command = command;
  message._param1 = params[0] ?? 0;
  message._param2 = params[1] ?? 0;
  message._param3 = params[2] ?? 0;
  const framer = new Framer();
  framer.push(encoder.encode(message));
  sortie.vehicle.receive([framer.next()!]);
};

export const stationCommands = (sortie: Sortie, mode: FlightMode): void =>
  stationSays(sortie, setModeCommand(mode));

/** Asking for telemetry moves nothing: SET_MESSAGE_INTERVAL, REQUEST_MESSAGE. */
const HARMLESS: ReadonlySet<number> = new Set([511, 512]);

/** What the pilot has sent since then that could move the vehicle: setpoints, commands, parameters. */
export const actsSince = (sortie: Sortie, sinceMs: number): string[] => {
  const acts = sortie.sent.flatMap(({ nowMs, frame }) => {
    if (nowMs <= sinceMs) return [];
    const message = decode(frame);
    if (message instanceof CommandLong) {
      return HARMLESS.has(message.command) ? [] : [`command ${message.command} at ${nowMs}`];
    }
    // A parameter may be read, as may the protocol's version be asked for; it may not be set.
    return frame.msgid === 23 ? [`PARAM_SET at ${nowMs}`] : [];
  });
  if (sortie.lastSetpointMs > sinceMs) acts.push(`setpoint at ${sortie.lastSetpointMs}`);
  return acts;
};
