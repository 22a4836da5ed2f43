/**
 * On white paper and in print: Okabe and Ito's colours, its yellow darkened. The dash of a drone's
 * trail differs too, for people and printers without colour.
 */
const DRONE_INKS = ['#0072b2', '#d55e00', '#009e73', '#b3558c', '#8a6d00', '#3d96cc', '#222222'];
const DASHES = ['', '8 3', '2 3', '10 3 2 3', '5 5', '14 4', '1 2'];

export const droneInk = (sysid: number): string => DRONE_INKS[(sysid - 1) % DRONE_INKS.length]!;

export const droneDash = (sysid: number): string => DASHES[(sysid - 1) % DASHES.length]!;

const PHASE_INKS: Record<string, string> = {
  boot: '#e3e7eb',
  standby: '#e3e7eb',
  arming: '#cfd8e0',
  takeoff: '#a9d3ee',
  offboard: '#5fa8d8',
  holding: '#f3dd77',
  returning: '#f0b45c',
  landing: '#c3b4dd',
  landed: '#e3e7eb',
  yielded: '#e2794a',
  failsafe: '#e2794a',
};

export const phaseInk = (phase: string): string => PHASE_INKS[phase] ?? '#ffffff';

/** Fill of a cell: blue-grey unseen, near white looked at, amber to yellow with what is suspected. */
export const cellInk = (known: { posterior: number; looks: number } | undefined): string => {
  if (known === undefined || known.looks === 0) return '#c3d2e2';
  if (known.posterior >= 0.9) return '#ffcf33';
  return known.posterior >= 0.1 ? '#e9b558' : '#f3f6f8';
};
