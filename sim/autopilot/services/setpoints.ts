import {
  MavFrame,
  SetAttitudeTarget,
  SetPositionTargetGlobalInt,
  SetPositionTargetLocalNed,
} from 'mavlink-mappings/dist/lib/common.js';
import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { SETPOINT_EVENTS } from '../events/event-kinds.ts';
import { isFlownFrame, type PositionTarget } from '../offboard-stream.ts';
import { isFor, type MessageService, type ServiceContext } from './message-service.ts';

/** SET_POSITION_TARGET_* and SET_ATTITUDE_TARGET: the offboard stream. They act at once. */
export class Setpoints implements MessageService {
  readonly #context: ServiceContext;

  constructor(context: ServiceContext) {
    this.#context = context;
  }

  receive(message: MavLinkData | undefined): boolean {
    if (message instanceof SetPositionTargetLocalNed) {
      if (isFor(this.#context.sysid, message)) this.#local(message);
      return true;
    }
    if (message instanceof SetPositionTargetGlobalInt) {
      if (isFor(this.#context.sysid, message)) this.#global(message);
      return true;
    }
    if (message instanceof SetAttitudeTarget) {
      if (isFor(this.#context.sysid, message)) this.#attitude(message);
      return true;
    }
    return false;
  }

  #local(message: SetPositionTargetLocalNed): void {
    const target = { ...message, positionNed: { x: message.x, y: message.y, z: message.z } };
    this.#accept(target, message.coordinateFrame);
  }

  #global(message: SetPositionTargetGlobalInt): void {
    const { situation } = this.#context.instruments.autopilot;
    const { coordinateFrame: frame, alt } = message;
    const relative =
      frame === MavFrame.GLOBAL_RELATIVE_ALT_INT || frame === MavFrame.GLOBAL_TERRAIN_ALT_INT;
    if (!relative && frame !== MavFrame.GLOBAL_INT) {
      situation.notices.raise(SETPOINT_EVENTS.globalFrame(frame));
      return;
    }
    const latDeg = message.latInt / 1e7;
    const lonDeg = message.lonInt / 1e7;
    const positionNed = this.#context.localOf({ latDeg, lonDeg, altAmslM: alt });
    if (relative) positionNed.z = situation.homeNed.z - alt;
    const target = { ...message, positionNed };
    this.#accept(target, MavFrame.LOCAL_NED);
  }

  #attitude(message: SetAttitudeTarget): void {
    const { situation, stream, commander } = this.#context.instruments.autopilot;
    if (stream.acceptAttitude(message, situation.timeS)) commander.hearSetpoint(situation);
  }

  #accept(target: PositionTarget, frame: MavFrame): void {
    const { situation, stream, commander } = this.#context.instruments.autopilot;
    if (stream.accept(target, frame, situation.motion, situation.timeS)) {
      commander.hearSetpoint(situation);
    } else {
      const known = isFlownFrame(frame);
      situation.notices.raise(known ? SETPOINT_EVENTS.empty() : SETPOINT_EVENTS.localFrame(frame));
    }
  }
}
