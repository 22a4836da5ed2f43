import { describe } from 'vitest';
import { openSerialLink } from '#protocols/mavlink/serial.ts';
import { FAR_SYSID, linkCompliance, type LinkWorld } from './link-compliance.ts';
import { hasPty, Pty } from './pty.ts';

const serialWorld = async (capacityFrames?: number): Promise<LinkWorld> => {
  const heard: Uint8Array[] = [];
  const pty = new Pty((bytes) => heard.push(bytes));
  await pty.plug();
  const link = await openSerialLink({
    path: pty.path,
    baud: 921_600,
    flowControl: false,
    sysid: FAR_SYSID,
    ...(capacityFrames === undefined ? {} : { capacityFrames }),
  });
  return {
    link,
    say: (bytes) => pty.say(bytes),
    heard: () => Buffer.concat(heard),
    breakOff: () => pty.unplug(),
    comeBack: () => pty.plug(),
    end: () => pty.remove(),
  };
};

describe.skipIf(!hasPty)('on a pseudo-terminal', () => {
  linkCompliance('a serial line', { stream: true, bounded: true }, serialWorld);
});
