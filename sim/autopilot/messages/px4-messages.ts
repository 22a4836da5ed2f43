import { MavLinkData } from 'mavlink-mappings/dist/lib/mavlink.js';
import { defineFields, payloadLength } from './define-fields.ts';

const LINK_NODE_FIELDS = defineFields([
  ['timestamp', 'uint64_t'],
  ['txRate', 'uint32_t'],
  ['rxRate', 'uint32_t'],
  ['messagesSent', 'uint32_t'],
  ['messagesReceived', 'uint32_t'],
  ['messagesLost', 'uint32_t'],
  ['rxParseErr', 'uint16_t'],
  ['txOverflows', 'uint16_t'],
  ['rxOverflows', 'uint16_t'],
  ['txBuf', 'uint8_t'],
  ['rxBuf', 'uint8_t'],
]);

/** LINK_NODE_STATUS: what a link carried. Rates in bytes/s. */
export class LinkNodeStatus extends MavLinkData {
  static override MSG_ID = 8;
  static override MSG_NAME = 'LINK_NODE_STATUS';
  static override MAGIC_NUMBER = 117;
  static override PAYLOAD_LENGTH = payloadLength(LINK_NODE_FIELDS);
  static override FIELDS = LINK_NODE_FIELDS;
  timestamp = 0n;
  txRate = 0;
  rxRate = 0;
  messagesSent = 0;
  messagesReceived = 0;
  messagesLost = 0;
  rxParseErr = 0;
  txOverflows = 0;
  rxOverflows = 0;
  txBuf = 0;
  rxBuf = 0;
}

const ESC_INFO_FIELDS = defineFields([
  ['timeUsec', 'uint64_t'],
  ['errorCount', 'uint32_t', 4],
  ['counter', 'uint16_t'],
  ['failureFlags', 'uint16_t', 4],
  ['temperature', 'int16_t', 4],
  ['index', 'uint8_t'],
  ['count', 'uint8_t'],
  ['connectionType', 'uint8_t'],
  ['info', 'uint8_t'],
]);

/** ESC_INFO; temperatures in 0.01 °C. */
export class EscInfo extends MavLinkData {
  static override MSG_ID = 290;
  static override MSG_NAME = 'ESC_INFO';
  static override MAGIC_NUMBER = 251;
  static override PAYLOAD_LENGTH = payloadLength(ESC_INFO_FIELDS);
  static override FIELDS = ESC_INFO_FIELDS;
  timeUsec = 0n;
  errorCount = [0, 0, 0, 0];
  counter = 0;
  failureFlags = [0, 0, 0, 0];
  temperature = [0, 0, 0, 0];
  index = 0;
  count = 0;
  connectionType = 0;
  info = 0;
}

const ESC_STATUS_FIELDS = defineFields([
  ['timeUsec', 'uint64_t'],
  ['rpm', 'int32_t', 4],
  ['voltage', 'float', 4],
  ['current', 'float', 4],
  ['index', 'uint8_t'],
]);

/** ESC_STATUS. */
export class EscStatus extends MavLinkData {
  static override MSG_ID = 291;
  static override MSG_NAME = 'ESC_STATUS';
  static override MAGIC_NUMBER = 10;
  static override PAYLOAD_LENGTH = payloadLength(ESC_STATUS_FIELDS);
  static override FIELDS = ESC_STATUS_FIELDS;
  timeUsec = 0n;
  rpm = [0, 0, 0, 0];
  voltage = [0, 0, 0, 0];
  current = [0, 0, 0, 0];
  index = 0;
}

const TIME_ESTIMATE_FIELDS = defineFields([
  ['safeReturn', 'int32_t'],
  ['land', 'int32_t'],
  ['missionNextItem', 'int32_t'],
  ['missionEnd', 'int32_t'],
  ['commandedAction', 'int32_t'],
]);

/** TIME_ESTIMATE_TO_TARGET, seconds; −1 where there is nothing to estimate. */
export class TimeEstimateToTarget extends MavLinkData {
  static override MSG_ID = 380;
  static override MSG_NAME = 'TIME_ESTIMATE_TO_TARGET';
  static override MAGIC_NUMBER = 232;
  static override PAYLOAD_LENGTH = payloadLength(TIME_ESTIMATE_FIELDS);
  static override FIELDS = TIME_ESTIMATE_FIELDS;
  safeReturn = 0;
  land = -1;
  missionNextItem = -1;
  missionEnd = -1;
  commandedAction = -1;
}

const GNSS_INTEGRITY_FIELDS = defineFields([
  ['systemErrors', 'uint32_t'],
  ['raimHfom', 'uint16_t'],
  ['raimVfom', 'uint16_t'],
  ['id', 'uint8_t'],
  ['authenticationState', 'uint8_t'],
  ['jammingState', 'uint8_t'],
  ['spoofingState', 'uint8_t'],
  ['raimState', 'uint8_t'],
  ['correctionsQuality', 'uint8_t'],
  ['systemStatusSummary', 'uint8_t'],
  ['gnssSignalQuality', 'uint8_t'],
  ['postProcessingQuality', 'uint8_t'],
]);

/** GNSS_INTEGRITY of a receiver that knows nothing of it, as the simulated one: all "unknown". */
export class GnssIntegrity extends MavLinkData {
  static override MSG_ID = 441;
  static override MSG_NAME = 'GNSS_INTEGRITY';
  static override MAGIC_NUMBER = 169;
  static override PAYLOAD_LENGTH = payloadLength(GNSS_INTEGRITY_FIELDS);
  static override FIELDS = GNSS_INTEGRITY_FIELDS;
  systemErrors = 0;
  raimHfom = 65_535;
  raimVfom = 65_535;
  id = 4;
  authenticationState = 0;
  jammingState = 0;
  spoofingState = 0;
  raimState = 0;
  correctionsQuality = 255;
  systemStatusSummary = 255;
  gnssSignalQuality = 255;
  postProcessingQuality = 255;
}

const FUSION_FIELDS = defineFields([
  ['testRatio', 'float', 9],
  ['state', 'uint8_t', 16],
]);

/** #514, sensor fusion of the estimator: test ratios, then what is enabled and fused, as recorded. */
export class EstimatorSensorFusion extends MavLinkData {
  static override MSG_ID = 514;
  static override MSG_NAME = 'ESTIMATOR_SENSOR_FUSION_STATUS';
  static override MAGIC_NUMBER = 197;
  static override PAYLOAD_LENGTH = payloadLength(FUSION_FIELDS);
  static override FIELDS = FUSION_FIELDS;
  testRatio: number[] = Array.from({ length: 9 }, () => Number.NaN);
  state = [1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 1, 0, 1];
}
