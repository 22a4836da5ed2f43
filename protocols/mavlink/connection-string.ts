import { Fault } from '../fault.ts';

/** Where a vehicle is reached, as {@link parseConnectionString} understood it. */
export type LinkAddress =
  /** Listen; who speaks first becomes the peer, or nobody but `remote` is heard. */
  | { kind: 'udpin'; local: HostPort; remote?: HostPort }
  /** Send from any free port, and hear nobody but `remote`. */
  | { kind: 'udpout'; remote: HostPort }
  | { kind: 'tcpin'; local: HostPort }
  | { kind: 'tcpout'; remote: HostPort }
  | { kind: 'serial'; path: string; baud: number; flowControl: boolean };

export interface HostPort {
  address: string;
  port: number;
}

/** PX4's default on TELEM1, and MAVSDK's when none is written. */
const DEFAULT_BAUD = 57_600;

/** Rates that Linux' serial drivers offer and flight controllers or radios use. */
export const USUAL_BAUDS: readonly number[] = [
  57_600, 115_200, 230_400, 460_800, 921_600, 1_500_000, 2_000_000, 3_000_000,
];

const EXAMPLES =
  'udpin://0.0.0.0:14540, udpin://0.0.0.0:14540?remote=192.168.1.20:14580, udpout://192.168.1.20:14580, tcpout://192.168.1.20:5760, tcpin://0.0.0.0:5760 or serial:///dev/ttyAMA0:921600';

const KINDS = 'udpin, udpout, tcpin, tcpout, serial or serial_flowcontrol';

/**
 * A link as the field writes it (MAVSDK's connection URLs): `udpin://0.0.0.0:14540` listens,
 * `udpout://HOST:PORT` speaks first, `tcpin://` and `tcpout://` likewise, `serial://DEVICE:BAUD` with
 * `serial_flowcontrol://` or `?flow=rtscts` for RTS/CTS. `udp://` and `tcp://` are MAVSDK's older names of
 * `udpin://` and `tcpout://`. `?remote=HOST:PORT` on udpin pins the only source that is heard.
 *
 * @param setting the flag or field it was written in, for the message.
 * Throws the Fault `link-invalid` (exit usage).
 */
export const parseConnectionString = (text: string, setting = 'link'): LinkAddress => {
  const refuse = (why: string): never => {
    throw new Fault('link-invalid', `${setting}: ${shown(text)}: ${why}`, {
      exit: 'usage',
      data: { setting, link: shown(text) },
      remedy: `Write it as in ${EXAMPLES}.`,
    });
  };
  const match = /^([a-z_]+):\/\/([^?#\s]*)(?:\?([^#\s]*))?$/u.exec(text);
  if (match === null) return refuse(`not a link; it must begin with ${KINDS} and ://`);
  const [, scheme, rest, query = ''] = match;
  const options = queryOf(query, refuse);
  const address = addressOf(scheme!, rest!, options, refuse);
  const [unused] = options.keys();
  return unused === undefined ? address : refuse(`${scheme} has no option "${unused}"`);
};

/** The same link in the one form that is written to files and screens. */
export const connectionString = (address: LinkAddress): string => {
  switch (address.kind) {
    case 'udpin': {
      const { local, remote } = address;
      const pinned = remote === undefined ? '' : `?remote=${hostPortText(remote)}`;
      return `udpin://${hostPortText(local)}${pinned}`;
    }
    case 'serial':
      return `serial://${address.path}:${address.baud}${address.flowControl ? '?flow=rtscts' : ''}`;
    case 'tcpin':
      return `tcpin://${hostPortText(address.local)}`;
    default:
      return `${address.kind}://${hostPortText(address.remote)}`;
  }
};

type Refuse = (why: string) => never;

/** Takes the options that it knows out of `options`. */
const addressOf = (
  scheme: string,
  rest: string,
  options: Map<string, string>,
  refuse: Refuse,
): LinkAddress => {
  switch (scheme) {
    case 'udp':
    case 'udpin': {
      const local = hostPortOf(rest, refuse, { local: true, named: false });
      const pinned = options.get('remote');
      options.delete('remote');
      if (pinned === undefined) return { kind: 'udpin', local };
      const remote = hostPortOf(pinned, refuse, { local: false, named: false });
      if (local.address.includes(':') !== remote.address.includes(':')) {
        return refuse('the address and its remote must both be IPv4 or both IPv6');
      }
      return { kind: 'udpin', local, remote };
    }
    case 'udpout':
      return { kind: 'udpout', remote: hostPortOf(rest, refuse, { local: false, named: false }) };
    case 'tcpin':
      return { kind: 'tcpin', local: hostPortOf(rest, refuse, { local: true, named: false }) };
    case 'tcp':
    case 'tcpout':
      return { kind: 'tcpout', remote: hostPortOf(rest, refuse, { local: false, named: true }) };
    case 'serial':
    case 'serial_flowcontrol':
      return serialOf(scheme, rest, options, refuse);
    default:
      return refuse(`no kind of link is called "${scheme}"; it must be ${KINDS}`);
  }
};

const serialOf = (
  scheme: string,
  rest: string,
  options: Map<string, string>,
  refuse: Refuse,
): LinkAddress => {
  const [, path = '', baudText] = /^(.*?)(?::(\d*))?$/u.exec(rest) ?? [];
  if (path === '' || path.includes('\0')) return refuse('the device is missing');
  const baud = baudText === undefined ? DEFAULT_BAUD : Number(baudText);
  if (!Number.isInteger(baud) || baud < 1200 || baud > 12_000_000) {
    return refuse(`"${baudText}" is no baud rate; usual are ${USUAL_BAUDS.join(', ')}`);
  }
  const flow = options.get('flow') ?? (scheme === 'serial' ? 'none' : 'rtscts');
  options.delete('flow');
  if (flow !== 'none' && flow !== 'rtscts') return refuse('flow must be none or rtscts');
  return { kind: 'serial', path, baud, flowControl: flow === 'rtscts' };
};

const queryOf = (query: string, refuse: Refuse): Map<string, string> => {
  const options = new Map<string, string>();
  for (const part of query === '' ? [] : query.split('&')) {
    const [name = '', value = '', ...more] = part.split('=');
    if (value === '' || more.length > 0) return refuse(`"${part}" is not an option NAME=VALUE`);
    if (options.has(name)) return refuse(`"${name}" is given twice`);
    options.set(name, value);
  }
  return options;
};

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.|$)){4}$/u;
const HOST_NAME = /^(?!\d+(?:\.\d+)*$)[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/iu;

/** `named`: a host name may stand for the address, where no datagram's source is compared with it. */
const hostPortOf = (
  text: string,
  refuse: Refuse,
  { local, named }: { local: boolean; named: boolean },
): HostPort => {
  const match = /^(\[([0-9a-f:.]+)\]|[^:[\]]*):(\d{1,5})$/iu.exec(text);
  if (match === null) return refuse(`"${shown(text)}" is not ADDRESS:PORT`);
  const port = Number(match[3]);
  if (port > 65_535 || (port === 0 && !local)) return refuse(`${port} is no port`);
  const version6 = match[2];
  if (version6 !== undefined) {
    const address = canonicalIPv6(version6);
    return address === undefined ? refuse(`${version6} is no address`) : { address, port };
  }
  const host = match[1]!;
  if (host === '' && local) return { address: '0.0.0.0', port };
  if (IPV4.test(host) && !host.endsWith('.')) return { address: host, port };
  if (named && HOST_NAME.test(host)) return { address: host, port };
  const why = named ? 'is no address' : 'is not an IP address, and names are not looked up here';
  return refuse(`"${shown(host)}" ${why}`);
};

/**
 * As the WHATWG's URL parser understands and writes it: pure, as strict as the sockets, and in the one form
 * (RFC 5952) in which the system tells where a datagram came from.
 */
const canonicalIPv6 = (text: string): string | undefined =>
  URL.parse(`http://[${text}]/`)?.hostname.slice(1, -1);

const hostPortText = ({ address, port }: HostPort): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

/** Whatever came from a file or a command line, fit for one line of a screen. */
const shown = (text: string): string =>
  text.slice(0, 100).replaceAll(/[^\x20-\x7e]/gu, '?') + (text.length > 100 ? '…' : '');
