import type { FlightPhase } from '#protocols/flight-phase.ts';
import type { OrderKind } from '#protocols/channel/order.ts';

/**
 * Where the mind is in the story of a mission. queue: waiting for its turn to take off · climb: the
 * pilot takes off · work: tasks · home: on the way to above its home, and back to work when its camera
 * finds something on the way that calls for another look · turn: waiting there to land ·
 * descend: going down under own control · land: PX4 lands · done: on the ground for good ·
 * out: the pilot (operator, failsafe, RC) flies something else · rejoin: a newer goal came while the
 * drone was on its way home under an older one; it turns back if it still can, else it lands first.
 */
export const MIND_PHASES = [
  'idle',
  'queue',
  'climb',
  'work',
  'home',
  'turn',
  'descend',
  'land',
  'done',
  'out',
  'rejoin',
] as const;
export type MindPhase = (typeof MIND_PHASES)[number];

export interface PhaseFacts {
  pilot: FlightPhase;
  airborne: boolean;
  /** The pilot is latched by an abort under this very goal. */
  latched: boolean;
  takeoffDue: boolean;
  landingDue: boolean;
  /** Why the mission's work is over for this drone (complete, time, battery, cancelled, …); empty while it is not. */
  over: string;
  /** This drone's own camera saw something since the search was complete, and nobody has settled it. */
  suspects: boolean;
  /** Over its home at its own return height. */
  aboveHome: boolean;
  /** Over its home, low enough for PX4 to land. */
  atGate: boolean;
}

/** The pilot flies something that the mind did not ask for. */
const TAKEN: readonly FlightPhase[] = ['returning', 'landing', 'yielded', 'failsafe'];
const STARTING: readonly FlightPhase[] = ['arming', 'takeoff'];
const FOLLOWING: readonly FlightPhase[] = ['offboard', 'holding'];

export const nextPhase = (phase: MindPhase, facts: PhaseFacts): MindPhase => {
  if (phase === 'idle' || phase === 'done') return phase;
  if (phase !== 'land' && phase !== 'out' && isTaken(phase, facts)) return 'out';
  if (facts.airborne) return nextInTheAir(phase, facts);
  return nextOnGround(phase, facts);
};

/** What still ends an older goal (its way home, its landing) does not take the drone from a newer one. */
const isTaken = (phase: MindPhase, { pilot, latched }: PhaseFacts): boolean => {
  if (latched) return true;
  const isEnding = pilot === 'returning' || pilot === 'landing';
  return TAKEN.includes(pilot) && !((phase === 'queue' || phase === 'rejoin') && isEnding);
};

const nextOnGround = (phase: MindPhase, facts: PhaseFacts): MindPhase => {
  const waits = facts.pilot === 'standby' || facts.pilot === 'landed';
  switch (phase) {
    case 'queue':
      // Already on its way: this mind was restarted meanwhile.
      if (!waits) return STARTING.includes(facts.pilot) ? 'climb' : phase;
      if (facts.over !== '') return 'done';
      return facts.takeoffDue ? 'climb' : phase;
    case 'climb':
      // Not off the ground yet: an ended mission calls the take-off off.
      return facts.over !== '' && waits ? 'done' : phase;
    case 'rejoin':
      return waits ? 'queue' : phase;
    default:
      return waits ? 'done' : phase;
  }
};

const nextInTheAir = (phase: MindPhase, facts: PhaseFacts): MindPhase => {
  const following = FOLLOWING.includes(facts.pilot);
  switch (phase) {
    case 'queue':
      if (following) return 'work';
      if (facts.pilot === 'returning') return facts.over === '' ? 'rejoin' : phase;
      return STARTING.includes(facts.pilot) ? 'climb' : phase;
    case 'climb':
    case 'out':
    case 'rejoin':
      return following && !facts.latched ? 'work' : phase;
    case 'work':
      return facts.over === '' ? phase : 'home';
    case 'home':
      if (facts.suspects && facts.over === '') return 'work';
      return facts.aboveHome ? 'turn' : phase;
    case 'turn':
      return facts.landingDue ? 'descend' : phase;
    case 'descend':
      return facts.atGate ? 'land' : phase;
    default:
      return phase;
  }
};

/** What the pilot is to do in a phase; undefined leaves the last order as it is. */
export const orderKindOf = (phase: MindPhase): OrderKind | undefined => {
  switch (phase) {
    case 'queue':
    case 'done':
      return 'standby';
    case 'climb':
    case 'rejoin':
    case 'work':
    case 'home':
    case 'turn':
    case 'descend':
      return 'fly';
    case 'land':
      return 'land';
    default:
      return undefined;
  }
};

/** Phases in which the mind makes trajectories. */
export const isSteering = (phase: MindPhase): boolean =>
  phase === 'work' || phase === 'home' || phase === 'turn' || phase === 'descend';
