import type { VehicleEvent } from './event-message.ts';
/*
 * Ids, short texts and argument types of what PX4 v1.15.4 says about itself: all arming checks and
 * health reports, and of the rest refusals, failsafes, modes, missions and fences. An id is made from
 * the event's name, so that other versions share most of them. Four are v1.18's, of recordings, whose
 * names were found by that hash: 0x12a3f67, 0x19af4eb, 0x1aeef7e, 0x1ccdef5.
 */
import table from './data/px4-events.json' with { type: 'json' };

type EventGroup = 'arming_check' | 'health' | 'default';

export interface EventText {
  /** `arming_check` and `health` events belong to a report of all that is wrong. */
  group: EventGroup;
  text: string;
  /** The values that stand behind {1}, {2}, … in PX4's template. */
  values: readonly number[];
}

interface Entry {
  group: EventGroup;
  template: string;
  types: readonly string[];
}

interface EnumType {
  type: string;
  bits: boolean;
  texts: Readonly<Record<string, string>>;
}

const EVENTS: ReadonlyMap<number, Entry> = new Map(
  Object.entries(table.events).map(([id, [group, template, types]]) => [
    Number(id),
    { group: group as EventGroup, template: template as string, types: types as string[] },
  ]),
);

const ENUMS = new Map<string, EnumType>(Object.entries(table.enums));

const SIZES: Readonly<Record<string, number>> = {
  uint8_t: 1,
  int8_t: 1,
  uint16_t: 2,
  int16_t: 2,
  uint32_t: 4,
  int32_t: 4,
  float: 4,
};

const readValue = (view: DataView, type: string, at: number): number => {
  switch (type) {
    case 'uint8_t':
      return view.getUint8(at);
    case 'int8_t':
      return view.getInt8(at);
    case 'uint16_t':
      return view.getUint16(at, true);
    case 'int16_t':
      return view.getInt16(at, true);
    case 'int32_t':
      return view.getInt32(at, true);
    case 'float':
      return view.getFloat32(at, true);
    default:
      return view.getUint32(at, true);
  }
};

/** The arguments lie one behind the other, without gaps. */
const valuesOf = (types: readonly string[], bytes: Uint8Array): number[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values: number[] = [];
  let at = 0;
  for (const type of types) {
    const base = ENUMS.get(type)?.type ?? type;
    const size = SIZES[base] ?? 4;
    if (at + size > bytes.length) break;
    values.push(readValue(view, base, at));
    at += size;
  }
  return values;
};

/** An argument as people read it: enums in words, numbers with the template's decimals and unit. */
const valueText = (type: string, value: number, decimals: string, unit: string): string => {
  const known = ENUMS.get(type);
  if (known !== undefined) {
    if (!known.bits) return known.texts[String(value)] ?? String(value);
    const set = Object.entries(known.texts).filter(([bit]) => (value & Number(bit)) !== 0);
    return set.map(([, text]) => text).join(', ') || 'none';
  }
  const whole = type === 'float' ? Math.round(value * 1000) / 1000 : value;
  const text = decimals === '' ? String(whole) : value.toFixed(Math.min(Number(decimals), 6));
  // `m_v` is a vertical distance.
  return `${text}${unit === '' || unit === '%' ? unit : ` ${unit.replace('_v', '')}`}`;
};

const PLACEHOLDER = /\{(\d+)(?::\.(\d+))?([a-z_/²^0-9]*)\}/giu;

/** What an event says; undefined for one that is not in the table, such as a newer version's. */
export const eventText = (event: Pick<VehicleEvent, 'id' | 'arguments'>): EventText | undefined => {
  const entry = EVENTS.get(event.id);
  if (entry === undefined) return undefined;
  const { group, template, types } = entry;
  const values = valuesOf(types, event.arguments);
  const text = template.replaceAll(
    PLACEHOLDER,
    (_match, number: string, decimals: string | undefined, unit: string) => {
      const index = Number(number) - 1;
      const value = values[index];
      return value === undefined ? '?' : valueText(types[index]!, value, decimals ?? '', unit);
    },
  );
  return { group, text, values };
};
