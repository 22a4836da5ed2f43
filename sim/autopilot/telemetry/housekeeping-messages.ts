import { MagCalReport, MagCalStatus, Ping } from 'mavlink-mappings/dist/lib/common.js';
import {
  EscInfo,
  EscStatus,
  EstimatorSensorFusion,
  GnssIntegrity,
  LinkNodeStatus,
  TimeEstimateToTarget,
} from '../messages/px4-messages.ts';
import { heightAboveHomeM } from '../situation.ts';
import { uint32, usec, type Instruments } from './instruments.ts';
import type { LinkTraffic } from './link-traffic.ts';

export const pingMessage = (instruments: Instruments): (() => Ping) => {
  const message = new Ping();
  let seq = 0;
  return () => {
    message.timeUsec = usec(instruments.bootMs());
    message.seq = seq;
    seq += 1;
    return message;
  };
};

export const linkNodeMessage = (
  instruments: Instruments,
  traffic: LinkTraffic,
): (() => LinkNodeStatus) => {
  const message = new LinkNodeStatus();
  const last = { ms: 0, sent: 0, received: 0 };
  return () => {
    const nowMs = instruments.bootMs();
    const seconds = Math.max(0.1, (nowMs - last.ms) / 1000);
    message.timestamp = usec(nowMs);
    message.txRate = uint32((traffic.bytesSent - last.sent) / seconds);
    message.rxRate = uint32((traffic.bytesReceived - last.received) / seconds);
    message.messagesSent = traffic.packetsSent;
    message.messagesReceived = traffic.packetsReceived;
    message.messagesLost = traffic.packetsLost;
    Object.assign(last, {
      ms: nowMs,
      sent: traffic.bytesSent,
      received: traffic.bytesReceived,
    });
    return message;
  };
};

const MOTORS = 4;
const MOTORS_ONLINE = 0x0f;
/** SIH's made speed of a motor at full thrust, rpm; the speed goes with the root of thrust. */
const FULL_RPM = 10_000;
/** Of an ESC that measures none, 0.01 °C. */
const MADE_TEMPERATURE = 5000;

export const escInfoMessage = (instruments: Instruments): (() => EscInfo) => {
  const message = new EscInfo();
  message.count = MOTORS;
  message.info = MOTORS_ONLINE;
  message.temperature = Array.from({ length: MOTORS }, () => MADE_TEMPERATURE);
  return () => {
    message.timeUsec = usec(instruments.bootMs());
    return message;
  };
};

export const escStatusMessage = (instruments: Instruments): (() => EscStatus) => {
  const message = new EscStatus();
  const { autopilot } = instruments;
  return () => {
    message.timeUsec = usec(instruments.bootMs());
    for (let motor = 0; motor < MOTORS; motor += 1) {
      message.rpm[motor] = Math.round(FULL_RPM * Math.sqrt(autopilot.throttle[motor]!));
    }
    return message;
  };
};

/** How long a return home would take at its usual speeds. */
export const timeEstimateMessage = (instruments: Instruments): (() => TimeEstimateToTarget) => {
  const message = new TimeEstimateToTarget();
  const { situation } = instruments.autopilot;
  const { parameters } = situation;
  return () => {
    message.safeReturn = 0;
    if (situation.armed && !situation.landed) {
      const { positionNed: here } = situation.motion;
      const distanceM = Math.hypot(here.x - situation.homeNed.x, here.y - situation.homeNed.y);
      const returnM = Math.max(parameters.get('RTL_RETURN_ALT'), heightAboveHomeM(situation));
      const climbS =
        (returnM - heightAboveHomeM(situation)) / Math.max(0.1, parameters.get('MPC_Z_V_AUTO_UP'));
      const cruiseS = distanceM / Math.max(0.1, parameters.get('MPC_XY_CRUISE'));
      const sinkS = returnM / Math.max(0.1, parameters.get('MPC_LAND_SPEED'));
      message.safeReturn = Math.min(86_400, Math.round(climbS + cruiseS + sinkS));
    }
    return message;
  };
};

export const gnssIntegrityMessage = (): (() => GnssIntegrity) => {
  const message = new GnssIntegrity();
  return () => message;
};

export const sensorFusionMessage = (): (() => EstimatorSensorFusion) => {
  const message = new EstimatorSensorFusion();
  return () => message;
};

/** Never streamed unasked: the compass has not been calibrated, so it is what it was. */
export const magCalMessage = (): (() => MagCalReport) => {
  const message = new MagCalReport();
  message.calStatus = MagCalStatus.SUCCESS;
  message.diagX = 1;
  message.diagY = 1;
  message.diagZ = 1;
  message.orientationConfidence = 1;
  message.oldOrientation = 0;
  message.newOrientation = 0;
  message.scaleFactor = 1;
  return () => message;
};
