import type { MavLinkData, MavLinkDataConstructor } from 'mavlink-mappings/dist/lib/mavlink.js';

/**
 * Makes new messages of a class as its constructor would, from a pattern. The constructors of
 * mavlink-mappings search their enums for a default each time: 5 µs for a setpoint, where a copy
 * takes a tenth. For messages that go out many times a second.
 */
export const blankMessage = <M extends MavLinkData>(
  definition: MavLinkDataConstructor<M>,
): (() => M) => {
  const pattern = new definition();
  const arrays = Object.entries(pattern).filter((entry): entry is [string, unknown[]] =>
    Array.isArray(entry[1]),
  );
  return () => {
    const message = Object.assign(Object.create(definition.prototype) as M, pattern);
    for (const [name, elements] of arrays) Reflect.set(message, name, [...elements]);
    return message;
  };
};
