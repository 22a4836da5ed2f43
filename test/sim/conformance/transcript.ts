import {
  CommandAck,
  ExtendedSysState,
  LocalPositionNed,
  ParamValue,
  StatusText,
} from 'mavlink-mappings/dist/lib/common.js';
import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { decode } from '#protocols/mavlink/codec.ts';
import {
  flightModeOf,
  isArmed,
  landedStateOf,
  type LandedState,
} from '#protocols/mavlink/modes.ts';
import type { TimedFrame } from './recorded-flight.ts';

export interface Timed<T> {
  atS: number;
  value: T;
}

/** What HEARTBEAT says, one for each packet. */
export interface VehicleState {
  mode: string;
  armed: boolean;
  baseMode: number;
  systemStatus: number;
}

/** What a vehicle said on its link, sorted by concept. Times: seconds of its boot clock. */
export interface Transcript {
  startS: number;
  endS: number;
  /** When the estimator had aligned: the first GLOBAL_POSITION_INT. */
  alignedS: number;
  acks: Timed<CommandAck>[];
  states: Timed<VehicleState>[];
  landed: Timed<LandedState>[];
  parameters: Timed<ParamValue & { raw: number }>[];
  missions: Timed<MavLinkData>[];
  texts: Timed<string>[];
  /** Event ids of EVENT(410): component in the top byte. */
  events: Timed<number>[];
  positions: Timed<LocalPositionNed>[];
  /** When each message id passed. */
  times: Map<number, number[]>;
}

const HEARTBEAT = 0;
const PARAM_VALUE = 22;
const GLOBAL_POSITION_INT = 33;
const EVENT = 410;
/** MISSION_ITEM, REQUEST, COUNT, CLEAR_ALL, ITEM_REACHED, ACK, REQUEST_INT, ITEM_INT. */
const MISSION_IDS = new Set([39, 40, 44, 45, 46, 47, 51, 73]);
const DECODED = new Set([HEARTBEAT, PARAM_VALUE, 32, 77, 245, 253, ...MISSION_IDS]);

const viewOf = (payload: Uint8Array): DataView => {
  const padded = new Uint8Array(255);
  padded.set(payload);
  return new DataView(padded.buffer);
};

const note = (transcript: Transcript, atS: number, message: MavLinkData, raw: DataView): void => {
  if (message instanceof CommandAck) transcript.acks.push({ atS, value: message });
  else if (message instanceof Heartbeat) {
    const { baseMode, customMode, systemStatus } = message;
    const mode = flightModeOf(customMode) ?? `0x${customMode.toString(16)}`;
    const value = { mode, armed: isArmed(baseMode), baseMode, systemStatus };
    transcript.states.push({ atS, value });
  } else if (message instanceof ExtendedSysState) {
    transcript.landed.push({ atS, value: landedStateOf(message.landedState) });
  } else if (message instanceof ParamValue) {
    const value = Object.assign(message, { raw: raw.getUint32(0, true) });
    transcript.parameters.push({ atS, value });
  } else if (message instanceof StatusText) transcript.texts.push({ atS, value: message.text });
  else if (message instanceof LocalPositionNed) transcript.positions.push({ atS, value: message });
  else transcript.missions.push({ atS, value: message });
};

/** Sorts what one vehicle's autopilot sent; other components' packets are left out. */
export const transcribe = (frames: readonly TimedFrame[], sysid: number): Transcript => {
  const transcript: Transcript = {
    startS: frames[0]?.atS ?? 0,
    endS: frames.at(-1)?.atS ?? 0,
    alignedS: Number.NaN,
    acks: [],
    states: [],
    landed: [],
    parameters: [],
    missions: [],
    texts: [],
    events: [],
    positions: [],
    times: new Map(),
  };
  for (const { atS, frame } of frames) {
    if (frame.sysid !== sysid || frame.compid !== 1) continue;
    const times = transcript.times.get(frame.msgid);
    if (times === undefined) transcript.times.set(frame.msgid, [atS]);
    else times.push(atS);
    if (frame.msgid === GLOBAL_POSITION_INT && Number.isNaN(transcript.alignedS))
      transcript.alignedS = atS;
    if (frame.msgid === EVENT) {
      transcript.events.push({ atS, value: viewOf(frame.payload).getUint32(0, true) });
    }
    if (!DECODED.has(frame.msgid)) continue;
    const message = decode(frame);
    if (message !== undefined) note(transcript, atS, message, viewOf(frame.payload));
  }
  return transcript;
};
