import { ENVELOPE_SIGNATURE_BYTES } from './envelope.ts';
import { hexFromBytes } from './identity.ts';

/**
 * Names a signed order by the first bytes of its signature, in hex. Nobody but its author can know it
 * before it was said, so that naming it proves having heard it: an order that was given in answer to
 * another is told from one that was given at the same time.
 */
export type OrderTag = string;

const TAG_BYTES = 8;

/** More unfinished orders of others than anybody has to answer at once. */
export const MAX_ANSWERS = 32;

/** @param envelope signed, as it travels. */
export const orderTag = (envelope: Uint8Array): OrderTag => {
  const start = envelope.length - ENVELOPE_SIGNATURE_BYTES;
  return hexFromBytes(envelope.subarray(start, start + TAG_BYTES));
};

export const answersBytes = (answers: readonly OrderTag[] | undefined): number =>
  TAG_BYTES * (answers?.length ?? 0);

export const putAnswers = (
  into: Uint8Array,
  offset: number,
  answers: readonly OrderTag[] | undefined,
): void => {
  for (const [index, tag] of (answers ?? []).entries()) {
    into.set(Buffer.from(tag, 'hex'), offset + TAG_BYTES * index);
  }
};

/** What fills the rest of `bytes`, or undefined when it is no whole number of tags or too many. */
export const answersIn = (bytes: Uint8Array, offset: number): OrderTag[] | undefined => {
  const count = (bytes.length - offset) / TAG_BYTES;
  if (!Number.isInteger(count) || count < 0 || count > MAX_ANSWERS) return undefined;
  return Array.from({ length: count }, (_, index) =>
    hexFromBytes(bytes.subarray(offset + TAG_BYTES * index, offset + TAG_BYTES * (index + 1))),
  );
};
