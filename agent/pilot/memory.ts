import { emptyAuthorityState, type AuthorityState } from './act/authority.ts';
import { newFlightMemory, type FlightMemory } from './act/flight-core.ts';

/** What one pilot process leaves to the next: without it a restart would forget an abort or a yield. */
export interface PilotMemory {
  version: 1;
  flight: FlightMemory;
  authority: AuthorityState;
}

export const newPilotMemory = (): PilotMemory => ({
  version: 1,
  flight: newFlightMemory(),
  authority: emptyAuthorityState(),
});

export const encodePilotMemory = (memory: PilotMemory): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(memory));

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
  if (!isRecord(value) || value['version'] !== 1) return undefined;
  const flight = value['flight'];
  const authority = value['authority'];
  const model = newPilotMemory();
  const whole =
    isRecord(flight) &&
    isRecord(authority) &&
    Object.keys(model.flight).every((key) => key in flight) &&
    Object.keys(model.authority).every((key) => key in authority);
  return whole ? (value as unknown as PilotMemory) : undefined;
};
