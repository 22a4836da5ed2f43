import { SerialControl } from 'mavlink-mappings/dist/lib/common.js';
import { describe, expect, it } from 'vitest';
import { Companion } from '../companion.ts';

const SHELL = 10;
const RESPOND = 2;
const REPLY = 1;

const send = (companion: Companion, text: string, fields: Partial<SerialControl> = {}): void => {
  const message = new SerialControl();
  Object.assign(message, {
    device: SHELL,
    flags: RESPOND,
    count: text.length,
    data: [...Buffer.from(text.padEnd(70, '\0'))],
    ...fields,
  });
  companion.send(message);
  companion.run(0.2);
};

/** Everything that the shell has printed. */
const printed = (companion: Companion): string =>
  companion
    .heard(SerialControl)
    .map(({ count, data, flags, device }) => {
      expect([flags, device]).toEqual([REPLY, SHELL]);
      return Buffer.from(data.slice(0, count)).toString();
    })
    .join('');

describe('the shell of SERIAL_CONTROL', () => {
  it('greets with a prompt and tells version and parameters', () => {
    const companion = new Companion();
    send(companion, 'ver all\n');
    expect(printed(companion)).toMatch(/^pxh> ver all\nHW arch: PX4_SITL\n.*6a1c532983.*\n/u);
    expect(printed(companion)).toContain('PX4 version: 1.18.0\npxh> ');
    send(companion, 'param show COM_RC_IN_MODE\n');
    expect(printed(companion)).toMatch(/COM_RC_IN_MODE : \d\npxh> $/u);
    send(companion, 'param show NOPE\n');
    expect(printed(companion)).toContain('Parameter NOPE not found');
  });

  it('says of anything else that it is no command, and takes a line in pieces', () => {
    const companion = new Companion();
    send(companion, 'rebo');
    send(companion, 'ox\u007Ft\n');
    expect(printed(companion)).toContain('Invalid command: reboot\n');
    expect(companion.vehicle.autopilot.rebootIsDue).toBe(false);
  });

  it('bears nonsense: ports that are not the shell, replies, counts beyond the field, endless lines', () => {
    const companion = new Companion();
    send(companion, 'ver\n', { device: 0 });
    send(companion, 'ver\n', { flags: REPLY });
    expect(companion.heard(SerialControl)).toEqual([]);
    send(companion, 'x'.repeat(70), { count: 255 });
    for (let times = 0; times < 40; times += 1) send(companion, 'help\n'.repeat(14));
    companion.run(3);
    send(companion, '\n');
    expect(printed(companion)).toMatch(/pxh> $/u);
  });
});
