import {
  AvailableModes,
  ComponentMetadata,
  ProtocolVersion,
} from 'mavlink-mappings/dist/lib/common.js';
import { AutopilotVersion } from 'mavlink-mappings/dist/lib/standard.js';
import availableModes from '../data/available-modes.json' with { type: 'json' };
import { metadataIndexOf, uriOf } from '../metadata/component-metadata.ts';
import type { Profile } from '../parameters.ts';
import { uint32, type Instruments } from './instruments.ts';

interface Identity {
  /** Major, minor, patch, and the kind of release: 0 in work, 64 alpha, 128 beta, 255 released. */
  readonly version: number;
  /** First bytes of the commit, last first. */
  readonly commit: readonly number[];
  readonly maxProtocol: number;
  readonly mavlinkCommit: readonly number[];
}

/** As the recorded PX4 v1.15.4 and the 1.18 snapshot say of themselves. */
const IDENTITIES: Readonly<Record<Profile, Identity>> = {
  '1.15': {
    version: 0x010f_0400,
    commit: [0, 0, 0, 255, 7, 4, 196, 153],
    maxProtocol: 200,
    mavlinkCommit: [0x0f, 0x93, 0x5d, 0x33, 0x6b, 0x8d, 0x55, 0xa3],
  },
  '1.18': {
    version: 0x0112_0080,
    commit: [0, 0, 0, 131, 41, 83, 28, 106],
    maxProtocol: 203,
    mavlinkCommit: [0x44, 0x77, 0x29, 0x48, 0x9e, 0x1f, 0xcb, 0xf9],
  },
};

/** Mission, float and bytewise parameters, COMMAND_INT, FTP, offboard, fence, rally …, as recorded. */
const CAPABILITIES = 59_647n;
/** Every PX4 SITL has this one: "ITALDINO". */
const SITL_UID = 0x4954_414c_4449_4e4fn;
const OS_VERSION = 0x0612_2cff;
const NO_COMMIT = [0, 0, 0, 0, 0, 0, 0, 0];

export const versionMessage = ({ autopilot }: Instruments): (() => AutopilotVersion) => {
  const message = new AutopilotVersion();
  const { version, commit } = IDENTITIES[autopilot.situation.profile];
  // A 64-bit field, though mavlink-mappings types it as a number.
  Object.assign(message, { capabilities: CAPABILITIES });
  message.flightSwVersion = version;
  message.middlewareSwVersion = version;
  message.osSwVersion = OS_VERSION;
  message.boardVersion = 1;
  message.flightCustomVersion = [...commit];
  message.middlewareCustomVersion = [...commit];
  message.osCustomVersion = NO_COMMIT;
  message.uid = SITL_UID;
  message.uid2 = Array.from({ length: 18 }, () => 0);
  return () => message;
};

export const protocolMessage = ({ autopilot }: Instruments): (() => ProtocolVersion) => {
  const message = new ProtocolVersion();
  const { maxProtocol, mavlinkCommit } = IDENTITIES[autopilot.situation.profile];
  message.version = 200;
  message.minVersion = 100;
  message.maxVersion = maxProtocol;
  message.specVersionHash = NO_COMMIT;
  message.libraryVersionHash = [...mavlinkCommit];
  return () => message;
};

/** Where clients find what the parameters mean: a file of {@link metadataIndexOf}, over MAVLink FTP. */
export const metadataMessage = (instruments: Instruments): (() => ComponentMetadata) => {
  const message = new ComponentMetadata();
  const index = metadataIndexOf(instruments.autopilot.situation.profile);
  message.uri = uriOf(index);
  message.fileCrc = index.crc;
  return () => {
    message.timeBootMs = uint32(instruments.bootMs());
    return message;
  };
};

/** @param index from 1; 0 means all. None for an index beyond the last mode. */
export const modeMessages = (profile: Profile, index: number): AvailableModes[] => {
  const modes = availableModes[profile];
  return modes
    .map((mode, at) => {
      const message = new AvailableModes();
      message.numberModes = modes.length;
      message.modeIndex = at + 1;
      message.customMode = mode.customMode;
      message.standardMode = mode.standardMode;
      message.properties = mode.properties;
      message.modeName = mode.name;
      return message;
    })
    .filter((message) => index === 0 || message.modeIndex === index);
};
