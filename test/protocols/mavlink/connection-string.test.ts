import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '#protocols/fault.ts';
import {
  connectionString,
  parseConnectionString,
  type LinkAddress,
} from '#protocols/mavlink/connection-string.ts';

const faultOf = (text: string): Fault => {
  try {
    parseConnectionString(text, '--link');
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error(`${text} was taken`);
};

describe('a connection string', () => {
  test.each<[string, LinkAddress]>([
    ['udpin://0.0.0.0:14540', { kind: 'udpin', local: { address: '0.0.0.0', port: 14_540 } }],
    ['udpin://:14540', { kind: 'udpin', local: { address: '0.0.0.0', port: 14_540 } }],
    ['udp://127.0.0.1:14540', { kind: 'udpin', local: { address: '127.0.0.1', port: 14_540 } }],
    [
      'udpin://0.0.0.0:14540?remote=127.0.0.1:14580',
      {
        kind: 'udpin',
        local: { address: '0.0.0.0', port: 14_540 },
        remote: { address: '127.0.0.1', port: 14_580 },
      },
    ],
    ['udpout://[fe80::1]:14580', { kind: 'udpout', remote: { address: 'fe80::1', port: 14_580 } }],
    // A datagram's source is compared with it as the system writes it.
    [
      'udpout://[2001:DB8:0:0::0001]:14580',
      { kind: 'udpout', remote: { address: '2001:db8::1', port: 14_580 } },
    ],
    ['tcpout://sitl.local:5760', { kind: 'tcpout', remote: { address: 'sitl.local', port: 5760 } }],
    ['tcp://127.0.0.1:5760', { kind: 'tcpout', remote: { address: '127.0.0.1', port: 5760 } }],
    ['tcpin://0.0.0.0:5760', { kind: 'tcpin', local: { address: '0.0.0.0', port: 5760 } }],
    [
      'serial:///dev/ttyAMA0:921600',
      { kind: 'serial', path: '/dev/ttyAMA0', baud: 921_600, flowControl: false },
    ],
    [
      'serial:///dev/serial/by-id/usb-Auterion_PX4_FMU_v6X.x_0-if00',
      {
        kind: 'serial',
        path: '/dev/serial/by-id/usb-Auterion_PX4_FMU_v6X.x_0-if00',
        baud: 57_600,
        flowControl: false,
      },
    ],
    [
      'serial:///dev/ttyTHS1:921600?flow=rtscts',
      { kind: 'serial', path: '/dev/ttyTHS1', baud: 921_600, flowControl: true },
    ],
    [
      'serial_flowcontrol:///dev/ttyTHS1:921600',
      { kind: 'serial', path: '/dev/ttyTHS1', baud: 921_600, flowControl: true },
    ],
    ['serial://COM3:57600', { kind: 'serial', path: 'COM3', baud: 57_600, flowControl: false }],
  ])('%s', (text, address) => {
    expect(parseConnectionString(text)).toEqual(address);
    expect(parseConnectionString(connectionString(address))).toEqual(address);
  });

  test.each([
    ['', 'not a link'],
    ['127.0.0.1:14540', 'not a link'],
    ['/dev/ttyAMA0', 'not a link'],
    ['udq://127.0.0.1:14540', '"udq"'],
    ['udpin://127.0.0.1', 'ADDRESS:PORT'],
    ['udpin://0.0.0.0:70000', '70000 is no port'],
    ['udpout://127.0.0.1:0', '0 is no port'],
    ['udpout://:14580', 'not an IP address'],
    ['udpout://drone.local:14580', 'names are not looked up'],
    ['udpin://256.0.0.1:14540', 'not an IP address'],
    ['udpin://[12345::]:14540', 'no address'],
    ['tcpout://1.2.3:80', 'no address'],
    ['serial://:57600', 'device is missing'],
    ['serial:///dev/ttyAMA0:', 'no baud rate'],
    ['serial:///dev/ttyAMA0:300', 'usual are 57600'],
    ['serial:///dev/ttyAMA0:57600?flow=xonxoff', 'none or rtscts'],
    ['udpin://0.0.0.0:14540?flow=rtscts', 'no option "flow"'],
    ['udpin://0.0.0.0:14540?remote', 'NAME=VALUE'],
    ['udpin://[::]:14540?remote=127.0.0.1:14580', 'both be IPv4 or both IPv6'],
  ])('%s is refused: %s', (text, why) => {
    const fault = faultOf(text);
    expect(fault).toMatchObject({ code: 'link-invalid', exit: 'usage' });
    expect(fault.message).toContain(why);
    expect(fault.message).toContain('--link');
    expect(fault.remedy).toContain('serial:///dev/ttyAMA0:921600');
  });

  test('whatever is written, it is understood, or refused with a Fault on one line', () => {
    const scheme = fc.constantFrom('udpin', 'udp', 'tcpout', 'serial', 'x', '');
    const text = fc
      .tuple(scheme, fc.string(), fc.nat(100_000), fc.string())
      .map(([kind, host, port, query]) => `${kind}://${host}:${port}?${query}`);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), text), (written) => {
        try {
          const address = parseConnectionString(written);
          expect(parseConnectionString(connectionString(address))).toEqual(address);
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
          expect((error as Fault).message).not.toMatch(/[^ -~…]/u);
        }
      }),
    );
  });
});
