import { describe, expect, it } from 'vitest';

import { Fault } from '#protocols/fault.ts';
import { parseDrill } from '#sim/swarm/drill.ts';

describe('a drill on the command line', () => {
  it.each([
    ['kill:mind:2@60', { kind: 'kill', process: 'mind', sysid: 2, atS: 60 }],
    ['kill:all:5@12.5', { kind: 'kill', process: 'all', sysid: 5, atS: 12.5 }],
    ['pause:mesh:3@60+10', { kind: 'pause', process: 'mesh', sysid: 3, atS: 60, forS: 10 }],
    ['cut:1@40+5', { kind: 'cut', sysid: 1, atS: 40, forS: 5 }],
    ['payload:4@30', { kind: 'payload', sysid: 4, atS: 30 }],
    ['gps:1@40+20', { kind: 'gps', sysid: 1, atS: 40, forS: 20 }],
    ['battery=12:2@40', { kind: 'battery', sysid: 2, atS: 40, percent: 12 }],
    ['reboot:3@40', { kind: 'reboot', sysid: 3, atS: 40 }],
    ['ekf=8.5:1@40', { kind: 'ekf', sysid: 1, atS: 40, metres: 8.5 }],
  ])('%s', (text, drill) => {
    expect(parseDrill(text)).toEqual(drill);
  });

  it.each([
    'kill:wing:2@60',
    'kill:2@60',
    'pause:mesh:3@60',
    'cut:1@40',
    'payload:4',
    'gps:1@40',
    'battery:1@40',
    'reboot:1@40+3',
    'cut:1@40+',
    '',
  ])('refuses "%s" and says what to write', (text) => {
    expect(() => parseDrill(text)).toThrowError(Fault);
    try {
      parseDrill(text);
    } catch (error) {
      expect((error as Fault).exit).toBe('usage');
      expect((error as Fault).remedy).toContain('kill:PROCESS:SYSID@S');
    }
  });
});
