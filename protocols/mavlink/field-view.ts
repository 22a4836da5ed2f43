import type { MavLinkData, MavLinkDataConstructor } from 'mavlink-mappings/dist/lib/mavlink.js';
import { fieldPlan, readPayload } from './field-plan.ts';

/** A message's plain numbers by their names; its arrays, texts and 64-bit integers are left out. */
export type Numbers<M> = Readonly<
  Pick<M, { [Name in keyof M]: M[Name] extends number ? Name : never }[keyof M]>
>;

/** Reads one kind of message again and again without leaving garbage behind. */
export interface FieldView<M> {
  readonly msgid: number;
  /** The same object every time: it says what was read last. Values are hostile as those of `decode`. */
  read(payload: Uint8Array): Numbers<M>;
}

/** For messages that come many times a second; `decode` makes an object of each. */
export const fieldView = <M extends MavLinkData>(
  definition: MavLinkDataConstructor<M>,
): FieldView<M> => {
  const plan = fieldPlan(definition);
  const index: Readonly<Record<string, number>> = plan.index;
  const values = new Float64Array(plan.size);
  const numbers = {};
  for (const { name, type } of definition.FIELDS) {
    if (type.endsWith('[]') || type.endsWith('int64_t')) continue;
    const at = index[name]!;
    Object.defineProperty(numbers, name, { enumerable: true, get: () => values[at] });
  }
  return {
    msgid: plan.msgid,
    read: (payload) => {
      readPayload(payload, plan, values);
      return numbers as Numbers<M>;
    },
  };
};
