import type { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import type { Profile } from '../parameters.ts';
import {
  escInfoMessage,
  escStatusMessage,
  gnssIntegrityMessage,
  linkNodeMessage,
  magCalMessage,
  pingMessage,
  sensorFusionMessage,
  timeEstimateMessage,
} from './housekeeping-messages.ts';
import { metadataMessage, protocolMessage, versionMessage } from './identity-messages.ts';
import type { Instruments } from './instruments.ts';
import type { LinkTraffic } from './link-traffic.ts';
import {
  altitudeMessage,
  attitudeMessage,
  attitudeQuaternionMessage,
  globalPositionMessage,
  localPositionMessage,
  vfrHudMessage,
} from './motion-messages.ts';
import { odometryMessage } from './odometry-message.ts';
import { globalOriginMessage, gpsMessage, homeMessage, obstacleMessage } from './place-messages.ts';
import { remoteIdLocationMessage, remoteIdSystemMessage } from './remote-id-messages.ts';
import {
  imuMessage,
  pressureMessage,
  rangefinderMessage,
  vibrationMessage,
} from './sensor-messages.ts';
import {
  actuatorMessage,
  flightMessage,
  scaledImuMessage,
  truthMessage,
} from './requested-messages.ts';
import {
  batteryMessage,
  currentModeMessage,
  estimatorMessage,
  extendedStateMessage,
  heartbeatMessage,
  sysStatusMessage,
  systemTimeMessage,
  timesyncMessage,
} from './status-messages.ts';
import {
  attitudeTargetMessage,
  globalTargetMessage,
  orbitMessage,
  positionTargetMessage,
  servoMessage,
} from './target-messages.ts';

/** PX4's MAVLink modes of the links that SITL opens: "onboard" to a companion, "normal" to a station. */
export type LinkKind = 'onboard' | 'ground';

/** Undefined while there is nothing to say. */
type Maker = () => MavLinkData | undefined;

export interface StreamDeclaration {
  readonly msgid: number;
  /** Rates on PX4's links, Hz; 0 = only on request. */
  readonly defaultHz: Readonly<Record<LinkKind, number>>;
  /** PX4 is silent about these before the estimator has aligned. */
  readonly needsAlignment: boolean;
  /** Streamed only when it says something new. */
  readonly onlyNews: boolean;
  /** The versions of PX4 that have it. */
  readonly profiles: readonly Profile[];
  readonly maker: (instruments: Instruments, traffic: LinkTraffic) => Maker;
}

type Options = Partial<Pick<StreamDeclaration, 'needsAlignment' | 'onlyNews' | 'profiles'>>;

const stream = (
  msgid: number,
  onboard: number,
  ground: number,
  maker: StreamDeclaration['maker'],
  { needsAlignment = false, onlyNews = false, profiles = ['1.15', '1.18'] }: Options = {},
): StreamDeclaration => ({
  msgid,
  defaultHz: { onboard, ground },
  needsAlignment,
  onlyNews,
  profiles,
  maker,
});

const ALIGNED: Options = { needsAlignment: true };
const NEWER: Options = { profiles: ['1.18'] };

/**
 * Messages that this stand-in can send, by message id: on the onboard link at the rates recorded of PX4
 * SITL, on the ground station's as PX4's "normal" mode and SITL's start script set them. 330 is our
 * range ring's.
 */
export const STREAMS: readonly StreamDeclaration[] = [
  stream(0, 1, 1, heartbeatMessage),
  stream(1, 5, 1, sysStatusMessage),
  stream(2, 1, 0, systemTimeMessage),
  stream(4, 1, 0.1, pingMessage),
  stream(8, 1, 1, linkNodeMessage),
  stream(24, 8, 5, gpsMessage),
  stream(26, 0, 0, scaledImuMessage),
  stream(29, 1, 1, pressureMessage),
  stream(30, 100, 50, attitudeMessage, ALIGNED),
  stream(31, 50, 50, attitudeQuaternionMessage, ALIGNED),
  stream(32, 30, 50, localPositionMessage),
  stream(33, 50, 50, globalPositionMessage, ALIGNED),
  stream(36, 10, 50, servoMessage),
  stream(49, 1, 1, globalOriginMessage, { onlyNews: true }),
  stream(74, 10, 4, vfrHudMessage),
  stream(83, 10, 50, attitudeTargetMessage),
  stream(85, 10, 50, positionTargetMessage),
  stream(87, 10, 1, globalTargetMessage),
  stream(105, 50, 0, imuMessage),
  stream(111, 10, 0, timesyncMessage),
  stream(115, 0, 0, truthMessage),
  stream(132, 10, 0.5, rangefinderMessage),
  stream(141, 10, 1, altitudeMessage),
  stream(147, 0.5, 0.5, batteryMessage),
  stream(148, 0, 0, versionMessage),
  stream(192, 0, 0, magCalMessage, { onlyNews: true }),
  stream(230, 1, 0.5, estimatorMessage),
  stream(241, 0.5, 0.1, vibrationMessage),
  stream(242, 0.5, 0.5, homeMessage),
  stream(245, 5, 1, extendedStateMessage),
  stream(264, 0, 0, flightMessage),
  stream(290, 10, 1, escInfoMessage, NEWER),
  stream(291, 10, 1, escStatusMessage, NEWER),
  stream(300, 0, 0, protocolMessage),
  stream(330, 10, 1, obstacleMessage),
  stream(331, 30, 0, odometryMessage),
  stream(360, 5, 2, orbitMessage),
  stream(375, 0, 0, actuatorMessage),
  stream(380, 0.5, 0.5, timeEstimateMessage),
  stream(397, 0, 0, metadataMessage),
  stream(436, 0.5, 0.5, currentModeMessage),
  stream(441, 1, 1, gnssIntegrityMessage, NEWER),
  stream(514, 1, 0.5, sensorFusionMessage, NEWER),
  stream(12_901, 1, 1, remoteIdLocationMessage),
  stream(12_904, 1, 1, remoteIdSystemMessage),
];

/**
 * Streams that PX4 knows and that say nothing here, for want of the sensor or the state they tell of:
 * PX4 accepts a request for one and sends nothing.
 */
export const SILENT_STREAMS: ReadonlySet<number> = new Set([
  25, 62, 65, 69, 93, 106, 112, 116, 124, 129, 137, 143, 225, 231, 234, 246, 250, 251, 253, 254,
  263, 265, 280, 281, 284, 286, 310, 335, 340, 350, 361, 370, 411, 12_918, 12_920,
]);
