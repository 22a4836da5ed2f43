import { MavAutopilot } from 'mavlink-mappings/dist/lib/minimal.js';
import { connectionString, USUAL_BAUDS, type LinkAddress } from './connection-string.ts';
import type { LinkCensus } from './link-census.ts';
import type { VehicleLink } from './link.ts';

/** What is known of a link at one moment; nothing here is trusted, all of it is counted. */
export interface LinkObservation {
  /** As configured. */
  address: LinkAddress;
  link: Pick<VehicleLink, 'counts' | 'outage' | 'strangers'>;
  /** Frames whose signature was not believed, where the link looks at signatures. */
  unsignedFrames?: number;
  census: LinkCensus;
  /** The vehicle meant; undefined when any will do. */
  sysid?: number | undefined;
  /** Share of the autopilot's recent packets that arrived (AutopilotStatus). */
  linkQuality: number;
  /** Since the link was opened. */
  openMs: number;
}

export type LinkFindingCode =
  | 'link-down'
  | 'link-silent'
  | 'wrong-baud'
  | 'not-mavlink'
  | 'mavlink1'
  | 'unknown-dialect'
  | 'no-autopilot'
  | 'wrong-sysid'
  | 'not-px4'
  | 'same-sysid'
  | 'second-sender'
  | 'damaged-bytes'
  | 'packets-lost'
  | 'signature-refused';

export interface LinkFinding {
  code: LinkFindingCode;
  /** error: the vehicle cannot be flown over this link. */
  severity: 'error' | 'warning';
  /** One line for a person. */
  message: string;
  /** What to do about it, imperative. */
  remedy: string;
  /** Whom or what it is about, in a word: an address, a system id, a share; empty when the code says all. */
  subject: string;
}

/** An autopilot sends a heartbeat each second: three must have had the time to come. */
const PATIENCE_MS = 3500;

/** Fewer are noise that happens to look like something. */
const ENOUGH = 4;

const DAMAGED_SHARE = 0.02;
const LOST_SHARE = 0.1;

/**
 * What is wrong with a link and what to do, the gravest first; empty when all is well or when it is too
 * early to say. Pure.
 */
export const diagnoseLink = (seen: LinkObservation): LinkFinding[] => {
  const { outage, counts } = seen.link;
  if (outage !== undefined) {
    return [error('link-down', outage.message, outage.remedy ?? 'Check cable and power.')];
  }
  const others = strangersOf(seen);
  if (seen.openMs < PATIENCE_MS) return others;
  if (counts.framesGood + counts.framesForeign === 0) return [notUnderstood(seen), ...others];
  const autopilots = autopilotsOf(seen);
  return [...autopilots, ...twinsOf(seen), ...others, ...dialectsOf(seen), ...damageOf(seen)];
};

/** Not one good packet came: why. */
const notUnderstood = ({ address, link: { counts, strangers } }: LinkObservation): LinkFinding => {
  const where = connectionString(address);
  if (counts.bytesReceived === 0) {
    const [other] = strangers ?? [];
    if (other !== undefined) {
      return error(
        'link-silent',
        `nothing comes from ${where}, but ${other.address}:${other.port} sends here`,
        "Check the vehicle's address and port: if that is the vehicle, write it as remote.",
        other.address,
      );
    }
    return error('link-silent', `nothing at all comes from ${where}`, silentRemedy(address));
  }
  if (counts.mavlink1Packets > 0) return mavlink1(where, 'speaks MAVLink 1 only');
  if (counts.unknownMessages >= ENOUGH) {
    return error(
      'unknown-dialect',
      `${where} speaks a MAVLink dialect that has no message known here (${counts.unknownMessages} packets)`,
      'Connect the flight controller itself, running PX4 1.15 or newer; this may be a payload or another protocol.',
    );
  }
  if (address.kind === 'serial') {
    return error(
      'wrong-baud',
      `${counts.bytesReceived} bytes came from ${address.path}, and no MAVLink packet among them: ${address.baud} is probably the wrong baud rate`,
      `Use the rate of the flight controller's port (SER_TEL1_BAUD and the like); usual are ${USUAL_BAUDS.join(', ')}. Then check that MAV_0_CONFIG or MAV_1_CONFIG names this port, and TX, RX and ground.`,
      `${address.baud}`,
    );
  }
  return error(
    'not-mavlink',
    `${counts.bytesReceived} bytes came from ${where}, and no MAVLink packet among them`,
    'Check the port number: something else sends here.',
  );
};

const silentRemedy = (address: LinkAddress): string => {
  switch (address.kind) {
    case 'serial':
      return 'Check that the flight controller has power, that TX and RX are crossed and ground is joined, and that MAV_0_CONFIG or MAV_1_CONFIG gives this port to MAVLink.';
    case 'udpin':
      return address.remote === undefined
        ? `Check that PX4 sends to port ${address.local.port} of this computer, and that no firewall drops it.`
        : `Check that PX4 sends from exactly ${address.remote.address}:${address.remote.port} to port ${address.local.port} of this computer: nobody else is heard.`;
    case 'udpout':
      return `Check that PX4 or a bridge listens on UDP ${address.remote.address}:${address.remote.port}.`;
    default:
      return 'The connection stands: check that the other end passes the flight controller on.';
  }
};

const mavlink1 = (where: string, what: string): LinkFinding =>
  error(
    'mavlink1',
    `${where} ${what}; Skein needs MAVLink 2`,
    'Set MAV_PROTO_VER to 2 on the flight controller, and MAVLink 2 framing on the radio or bridge (SiK: MAVLINK=1 with firmware 2.0 or newer).',
  );

const autopilotsOf = (seen: LinkObservation): LinkFinding[] => {
  const { address, census, sysid, link } = seen;
  const where = connectionString(address);
  const { autopilots } = census;
  const meant = autopilots.filter((one) => sysid === undefined || one.sysid === sysid);
  if (meant.some(({ autopilot }) => autopilot === MavAutopilot.PX4)) return [];
  const [stranger] = meant;
  if (stranger !== undefined) {
    const name = autopilotName(stranger.autopilot);
    return [
      error(
        'not-px4',
        `system ${stranger.sysid} is ${name}, not PX4: it lacks PX4's modes (OFFBOARD under guard of COM_OF_LOSS_T), its bytewise parameters and its failsafes`,
        'Install PX4 1.15 or newer on the flight controller.',
        name,
      ),
    ];
  }
  const heard = autopilots.map((one) => one.sysid);
  if (heard.length > 0 || link.counts.framesForeign > 0) {
    const who = heard.length > 0 ? `system ${heard.join(', ')}` : 'other systems';
    return [
      error(
        'wrong-sysid',
        `${where} has ${who}, and not vehicle ${sysid ?? 'any'}`,
        `Set MAV_SYS_ID to ${sysid ?? 'a number of its own'} on the vehicle, or correct sysid in the configuration.`,
        heard.join(','),
      ),
    ];
  }
  const { unsignedFrames = 0 } = seen;
  if (unsignedFrames > 0) {
    return [
      error(
        'signature-refused',
        `${unsignedFrames} packets from ${where} are not signed with our key, and are not believed`,
        'Give the vehicle and this computer the same key (skein vehicle signing enable FILE), or check that nobody else sends here.',
      ),
    ];
  }
  return [
    error(
      'no-autopilot',
      `${link.counts.framesGood} packets came from ${where}, and no autopilot's heartbeat among them`,
      'Check that the link ends at the flight controller, and that its MAVLink instance sends HEARTBEAT.',
    ),
  ];
};

const AUTOPILOT_NAMES: Readonly<Record<number, string>> = {
  [MavAutopilot.GENERIC]: 'a generic autopilot',
  [MavAutopilot.ARDUPILOTMEGA]: 'ArduPilot',
};

const autopilotName = (autopilot: number): string =>
  AUTOPILOT_NAMES[autopilot] ?? `an autopilot of kind ${autopilot} (MAV_AUTOPILOT)`;

const twinsOf = ({ census, sysid }: LinkObservation): LinkFinding[] =>
  census.twins
    .filter((twin) => sysid === undefined || twin === sysid)
    .map((twin) =>
      error(
        'same-sysid',
        `two autopilots speak as system ${twin} on one link`,
        'Give every vehicle a MAV_SYS_ID of its own, and restart it.',
        `${twin}`,
      ),
    );

const strangersOf = ({ link, sysid }: LinkObservation): LinkFinding[] =>
  (link.strangers ?? [])
    .filter((one) => one.sysid !== undefined && (sysid === undefined || one.sysid === sysid))
    .map(({ address, port, datagrams, sysid: claimed }) =>
      warning(
        'second-sender',
        `${address}:${port} sends as system ${claimed} too (${datagrams} datagrams): not heard, the first one is kept`,
        `Find out who that is: a second vehicle needs a MAV_SYS_ID and a port of its own; if you do not know it, close the network and sign the link.`,
        address,
      ),
    );

const dialectsOf = ({ address, link: { counts } }: LinkObservation): LinkFinding[] => {
  const where = connectionString(address);
  const found: LinkFinding[] = [];
  if (counts.mavlink1Packets >= ENOUGH) {
    const what = `sends MAVLink 1 packets too (${counts.mavlink1Packets}), which are not heard`;
    found.push({ ...mavlink1(where, what), severity: 'warning' });
  }
  if (counts.unknownMessages > Math.max(ENOUGH, 0.2 * counts.framesGood)) {
    found.push(
      warning(
        'unknown-dialect',
        `${counts.unknownMessages} packets from ${where} are of messages that are not known here`,
        'Nothing depends on them; a newer PX4 or another dialect on the link sends them.',
      ),
    );
  }
  return found;
};

const damageOf = ({ address, link: { counts }, linkQuality }: LinkObservation): LinkFinding[] => {
  const found: LinkFinding[] = [];
  const share = counts.bytesSkipped / Math.max(1, counts.bytesReceived);
  if (share > DAMAGED_SHARE && counts.crcErrors >= ENOUGH) {
    const remedy =
      address.kind === 'serial'
        ? 'Check ground and cable length, connect RTS/CTS and write ?flow=rtscts, or lower the baud rate at both ends.'
        : 'Check the radio or bridge on the way: UDP itself damages nothing.';
    const message = `${Math.round(share * 100)} % of the bytes from ${connectionString(address)} are damaged`;
    found.push(warning('damaged-bytes', message, remedy, `${Math.round(share * 100)} %`));
  }
  if (1 - linkQuality > LOST_SHARE) {
    found.push(
      warning(
        'packets-lost',
        `${Math.round((1 - linkQuality) * 100)} % of the autopilot's packets do not arrive`,
        'Ask for fewer streams or raise the baud rate; on a radio, check antenna and distance.',
        `${Math.round((1 - linkQuality) * 100)} %`,
      ),
    );
  }
  return found;
};

const error = (
  code: LinkFindingCode,
  message: string,
  remedy: string,
  subject = '',
): LinkFinding => ({ code, severity: 'error', message, remedy, subject });

const warning = (
  code: LinkFindingCode,
  message: string,
  remedy: string,
  subject = '',
): LinkFinding => ({ code, severity: 'warning', message, remedy, subject });
