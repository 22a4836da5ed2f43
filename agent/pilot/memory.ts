import { emptyAuthorityState, type AuthorityState } from './act/authority.ts';
import { FLIGHT_PHASES } from '#protocols/flight-phase.ts';
import { newFlightMemory, type FlightMemory } from './act/flight-core.ts';

/** What one pilot process leaves to the next: without it a restart would forget an abort or a yield. */
export interface PilotMemory {
  version: 3;
  flight: FlightMemory;
  authority: AuthorityState;
}

export const newPilotMemory = (): PilotMemory => ({
  version: 3,
  flight: newFlightMemory(),
  authority: emptyAuthorityState(),
});

export const encodePilotMemory = (memory: PilotMemory): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(memory));

/** After a process whose memory cannot be read: whatever it yielded to or gave up is not ours to take. */
export const lostPilotMemory = (): PilotMemory => {
  const memory = newPilotMemory();
  const why = 'memory of the pilot unreadable';
  memory.flight = { ...memory.flight, phase: 'standby', owned: false, lostBy: why, reason: why };
  return memory;
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads what {@link encodePilotMemory} wrote. Undefined for anything else: a file cut short or of
 * another version; its signed parts are verified again by whoever uses them.
 */
export const decodePilotMemory = (bytes: Uint8Array): PilotMemory | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
  if (!isRecord(value) || value['version'] !== 3) return undefined;
  const flight = value['flight'];
  const authority = value['authority'];
  const model = newPilotMemory();
  const whole =
    isRecord(flight) &&
    isRecord(authority) &&
    isLike(model.flight, flight) &&
    isLike(model.authority, authority) &&
    FLIGHT_PHASES.some((phase) => phase === flight['phase']) &&
    isPartsSound(flight, authority);
  return whole ? (value as unknown as PilotMemory) : undefined;
};

/** Every field is there and of the kind that a new memory has; what may be null is looked at one by one. */
const isLike = (model: object, value: Record<string, unknown>): boolean =>
  Object.entries(model).every(
    ([key, like]) => key in value && (like === null || typeof value[key] === typeof like),
  );

const orNull = (part: unknown, isSound: boolean): boolean => part === null || isSound;

const numbers = (part: unknown, ...keys: string[]): boolean =>
  isRecord(part) && keys.every((key) => typeof part[key] === 'number');

const texts = (part: unknown, ...keys: string[]): boolean =>
  isRecord(part) && keys.every((key) => typeof part[key] === 'string');

const all = (part: unknown, isSound: (one: Record<string, unknown>) => boolean): boolean =>
  Array.isArray(part) && part.every((one: unknown) => isRecord(one) && isSound(one));

const isGoalId = (part: unknown): boolean => numbers(part, 'issuer', 'epoch', 'sequence');

const isOrder = (one: Record<string, unknown>): boolean =>
  numbers(one, 'author', 'number') &&
  numbers(one['place'], 'bootEpoch', 'sequence') &&
  typeof one['tag'] === 'string' &&
  typeof one['kind'] === 'string' &&
  Array.isArray(one['answers']);

const isOrderBook = (book: unknown): boolean =>
  isRecord(book) &&
  all(book['directives'], isOrder) &&
  all(book['stops'], isOrder) &&
  all(
    book['goals'],
    (one) =>
      numbers(one, 'author') &&
      isGoalId(one['id']) &&
      numbers(one['place'], 'bootEpoch', 'sequence'),
  ) &&
  all(
    book['legacies'],
    ({ order, under }) => isRecord(order) && isOrder(order) && orNull(under, isGoalId(under)),
  );

const isPartsSound = (
  flight: Record<string, unknown>,
  authority: Record<string, unknown>,
): boolean => {
  const { order, leftFrom, controller } = flight;
  const { roster, followed, safety, safetyKeyHex, newestGoal, orders } = authority;
  return (
    orNull(order, numbers(order, 'number', 'heightM', 'goalEpoch', 'goalSequence', 'goalIssuer')) &&
    orNull(leftFrom, typeof leftFrom === 'string') &&
    orNull(controller, numbers(controller, 'atMs', 'bootMs')) &&
    orNull(safety, typeof safety === 'string') &&
    orNull(newestGoal, isGoalId(newestGoal)) &&
    orNull(roster, typeof roster === 'string') &&
    orNull(followed, texts(followed, 'rootHex', 'keyHex')) &&
    orNull(safetyKeyHex, typeof safetyKeyHex === 'string') &&
    isOrderBook(orders)
  );
};
