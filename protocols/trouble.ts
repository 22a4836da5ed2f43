/**
 * What keeps a drone from flying, or soon may: found by the pilot, carried by status and beacon, shown to
 * the operator. `number` is on the air; never reuse one. `words` go before the subject, if there is one.
 */
export const TROUBLES = {
  'link-down': {
    number: 1,
    words: 'the link to the flight controller is down',
    remedy: 'Check the device or address in vehicle.link, cable and power.',
  },
  'link-silent': {
    number: 2,
    words: 'nothing comes from the flight controller',
    remedy:
      'Check its power, TX and RX crossed, and that MAV_0_CONFIG or MAV_1_CONFIG gives this port to MAVLink; on UDP, address, port and firewall.',
  },
  'wrong-baud': {
    number: 3,
    words: 'noise instead of MAVLink, baud rate wrong',
    remedy:
      "Write the rate of the flight controller's port (SER_TEL1_BAUD and the like) in vehicle.link.",
  },
  'not-mavlink': {
    number: 4,
    words: 'something else than MAVLink comes',
    remedy: 'Check the port number in vehicle.link: something else sends there.',
  },
  mavlink1: {
    number: 5,
    words: 'MAVLink 1 on the link',
    remedy:
      'Set MAV_PROTO_VER to 2 on the flight controller, and MAVLink 2 framing on radio or bridge.',
  },
  'unknown-dialect': {
    number: 6,
    words: 'an unknown MAVLink dialect',
    remedy: 'Connect the flight controller itself, running PX4 1.15 or newer.',
  },
  'no-autopilot': {
    number: 7,
    words: 'packets come, but no autopilot is heard',
    remedy:
      'Check that the link ends at the flight controller, and that its MAVLink instance sends HEARTBEAT.',
  },
  'wrong-sysid': {
    number: 8,
    words: 'another system id speaks',
    remedy: "Set MAV_SYS_ID on the vehicle to the drone's number, or correct sysid.",
  },
  'not-px4': {
    number: 9,
    words: 'the autopilot is not PX4',
    remedy: 'Install PX4 1.15 or newer on the flight controller.',
  },
  'same-sysid': {
    number: 10,
    words: 'two autopilots with one system id',
    remedy: 'Give every vehicle a MAV_SYS_ID of its own, and restart it.',
  },
  'second-sender': {
    number: 11,
    words: 'somebody else claims to be the vehicle',
    remedy:
      'Find out who that is; if you do not know it, close the network and sign the link (docs/links.md).',
  },
  'damaged-bytes': {
    number: 12,
    words: 'bytes are damaged on the link',
    remedy: 'Check ground and cable length, use RTS/CTS, or lower the baud rate at both ends.',
  },
  'packets-lost': {
    number: 13,
    words: 'packets are lost on the link',
    remedy: 'Raise the baud rate or ask for fewer streams; on a radio, check antenna and distance.',
  },
  'signature-refused': {
    number: 14,
    words: "the vehicle's packets are not signed with our key",
    remedy:
      'Give vehicle and agent the same key: skein vehicle signing enable FILE, vehicle.signing.keyFile.',
  },
  'clock-jumped': {
    number: 20,
    words: "the flight controller's clock jumped ahead",
    remedy: 'Look for a starved flight controller or a bridge that rewrites packets.',
  },
  'controller-rebooted': {
    number: 21,
    words: 'the flight controller rebooted',
    remedy: 'Look for the cause (power, watchdog, its log), then: skein resume SYSID.',
  },
  'control-taken': {
    number: 22,
    words: 'control is not ours',
    remedy: 'When whoever took it is done: skein resume SYSID.',
  },
  'pilot-silent': {
    number: 23,
    words: 'the pilot process does not speak',
    remedy: "Read the end of the pilot's log: it names a setting, a device or a port.",
  },
  preflight: {
    number: 30,
    words: 'pre-flight refuses',
    remedy: 'skein preflight --sysid SYSID says what to do; --fix sets safe parameters.',
  },
  'parameter-missing': {
    number: 31,
    words: 'this PX4 lacks a parameter',
    remedy: 'Fly PX4 1.15 to 1.18 with the module that it belongs to.',
  },
} as const satisfies Record<string, { number: number; words: string; remedy: string }>;

export type TroubleCode = keyof typeof TROUBLES;

export const TROUBLE_CODES = Object.keys(TROUBLES) as TroubleCode[];

export interface Trouble {
  code: TroubleCode;
  /** The drone does not fly because of it; else it may, and a person should know. */
  grave: boolean;
  /** Parameter, address or system id that it is about, printable ASCII; empty when it needs none. */
  subject: string;
}

/** A beacon has room for so many. */
export const MAX_TROUBLES = 3;

/** As long as a parameter's name and an IPv4 address; more is cut off. */
export const MAX_SUBJECT_CHARS = 16;

export const trouble = (code: TroubleCode, grave: boolean, subject = ''): Trouble => ({
  code,
  grave,
  subject: subject.replaceAll(/[^\x20-\x7e]/gu, '?').slice(0, MAX_SUBJECT_CHARS),
});

/** What fits, the grave ones first. */
export const gravestOf = (troubles: readonly Trouble[]): Trouble[] =>
  [...troubles.filter(({ grave }) => grave), ...troubles.filter(({ grave }) => !grave)].slice(
    0,
    MAX_TROUBLES,
  );

/** One line for a person. */
export const troubleText = ({ code, subject }: Trouble): string => {
  const { words } = TROUBLES[code];
  return subject === '' ? words : `${words}: ${subject}`;
};

/** What to do about it, for the drone with this number. */
export const troubleRemedy = ({ code }: Trouble, sysid: number): string =>
  TROUBLES[code].remedy.replace('SYSID', `${sysid}`);

/** On the air: [2 × number, + 1 when grave; subject]. */
export type PackedTrouble = [number, string];

const CODE_BY_NUMBER = new Map<number, TroubleCode>(
  TROUBLE_CODES.map((code) => [TROUBLES[code].number, code]),
);

export const packTrouble = ({ code, grave, subject }: Trouble): PackedTrouble => [
  2 * TROUBLES[code].number + (grave ? 1 : 0),
  subject,
];

/** Undefined for a number that this version does not know. */
export const unpackTrouble = ([packed, subject]: PackedTrouble): Trouble | undefined => {
  const code = CODE_BY_NUMBER.get(packed >> 1);
  return code === undefined ? undefined : trouble(code, (packed & 1) === 1, subject);
};

/** In the drone's own channels: a line each. */
export const troubleLines = (troubles: readonly Trouble[]): string =>
  troubles.map((one) => `\n${one.grave ? '!' : '?'}${one.code} ${one.subject}`).join('');

/** Bytes of the longest {@link troubleLines}. */
export const MAX_LINES_BYTES =
  MAX_TROUBLES * (3 + Math.max(...TROUBLE_CODES.map((code) => code.length)) + MAX_SUBJECT_CHARS);

/** Inverse of {@link troubleLines}; what is none is left out. */
export const troublesOfLines = (lines: readonly string[]): Trouble[] =>
  lines.slice(0, MAX_TROUBLES).flatMap((line) => {
    const match = /^([!?])([a-z0-9-]{1,32}) ([\x20-\x7e]*)$/u.exec(line);
    if (match === null) return [];
    const [, grave, code, subject] = match;
    return Object.hasOwn(TROUBLES, code!)
      ? [trouble(code as TroubleCode, grave === '!', subject)]
      : [];
  });
