import { Fault } from '#protocols/fault.ts';
import type { Role } from '#protocols/gossip/roster.ts';
import { wholeNumber } from './context.ts';

export interface AuthorityFlags {
  authority: string;
}

/** The option by which every command of the authority's finds it. */
export const AUTHORITY: [string, string, string] = [
  '--authority <dir>',
  'directory of the authority: its key, ledger and signed roster',
  '.skein/authority',
];

const usage = (message: string, remedy: string): Fault =>
  new Fault('usage', message, { remedy, exit: 'usage' });

const MAX_SYSID = 250;
const MAX_ID = 65_535;

export const memberId = (text: string, role: Role): number => {
  const id = Number(text);
  const most = role === 'drone' ? MAX_SYSID : MAX_ID;
  if (Number.isInteger(id) && id >= 1 && id <= most) return id;
  throw usage(
    `the id is "${text}": a ${role} has one from 1 to ${most}`,
    "A drone's id is its MAVLink system id.",
  );
};

export const upTo = (value: number, most: number, option: string): number => {
  if (value <= most) return value;
  throw usage(`${option} is ${value}: at most ${most}`, `Write for example ${option} ${most}.`);
};

export const someDays = (text: string): number => {
  const days = upTo(wholeNumber(text, '--days'), 3650, '--days');
  if (days > 0) return days;
  throw usage('--days is 0: such a roster has expired', 'Write for example --days 30.');
};

export const requireShort = (text: string, what: string, most: number): string => {
  if (/^[\p{L}\p{N}._-]+$/u.test(text) && text.length <= most) return text;
  throw usage(
    `${what} is "${text}": 1 to ${most} letters, digits, dots, dashes and underscores`,
    'Write for example quad-3.',
  );
};
