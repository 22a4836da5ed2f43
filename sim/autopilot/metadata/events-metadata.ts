import table from '#protocols/mavlink/events/data/px4-events.json' with { type: 'json' };
import { eventId } from '../events/event-id.ts';

/** Arming checks are reported per navigation state; the custom modes (HEARTBEAT) that stand for each, of v1.15.4's metadata. */
const MODE_GROUPS: Readonly<Record<number, number>> = {
  0: 0x1_0000,
  1: 0x2_0000,
  2: 0x3_0000,
  3: 0x404_0000,
  4: 0x304_0000,
  5: 0x504_0000,
  10: 0x5_0000,
  14: 0x6_0000,
  15: 0x7_0000,
  17: 0x204_0000,
  18: 0x604_0000,
  19: 0x804_0000,
  20: 0x904_0000,
  21: 0x103_0000,
};

/** Events that sum up a report, and those that a client follows by what the report says. */
const ROLES: ReadonlyMap<number, string> = new Map([
  [eventId('commander_arming_check_summary'), 'summary'],
  [eventId('commander_health_summary'), 'summary'],
  [eventId('commander_modeswitch_not_avail'), 'append_health_and_arming_messages'],
  [eventId('commander_failsafe_enter_generic_warn'), 'append_health_and_arming_messages'],
  [eventId('commander_failsafe_enter_generic'), 'append_health_and_arming_messages'],
  [eventId('commander_failsafe_enter_generic_hold'), 'append_health_and_arming_messages'],
]);

/** Arguments of arming checks and health events before the event's own. */
const LEADING_NAMES = ['modes', 'health_component_index'];
const SUMMARY_NAMES: Readonly<Record<string, readonly string[]>> = {
  arming_check: ['chunk_idx', 'error', 'warning', 'can_arm', 'can_run'],
  health: ['chunk_idx', 'is_present', 'error', 'warning'],
};

const SUB_ID = 0xff_ffff;

interface EventMetadata {
  name: string;
  message: string;
  type?: string;
  arguments?: { type: string; name: string }[];
}

const argumentNames = (group: string, role: string | undefined): readonly string[] => {
  if (role === 'summary') return SUMMARY_NAMES[group] ?? [];
  return group === 'default' ? [] : LEADING_NAMES;
};

const metadataOf = (id: number, group: string, message: string, types: string[]): EventMetadata => {
  const role = ROLES.get(id);
  const names = argumentNames(group, role);
  return {
    // Its name is not told by its number, and no client shows it.
    name: `event_${(id & SUB_ID).toString(16)}`,
    // A tag begins with one of these, and texts of our table have none.
    message: message.replaceAll(/[<>]/gu, String.raw`\$&`),
    ...(role === undefined ? {} : { type: role }),
    ...(types.length === 0
      ? {}
      : { arguments: types.map((type, at) => ({ type, name: names[at] ?? `arg${at}` })) }),
  };
};

const groupsOf = (): Record<string, { events: Record<string, EventMetadata> }> => {
  const groups: Record<string, { events: Record<string, EventMetadata> }> = {};
  for (const [key, [group, message, types]] of Object.entries(table.events)) {
    const id = Number(key);
    const events = (groups[group as string] ??= { events: {} }).events;
    const metadata = metadataOf(id, group as string, message as string, types as string[]);
    events[String(id & SUB_ID)] = metadata;
  }
  return groups;
};

/** An identifier for a value, from its words. */
const nameOf = (text: string, value: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, '_')
    .replaceAll(/^_|_$/gu, '') || `value_${value}`;

/** In the component's namespace a type is named without it. */
const enumsOf = () =>
  Object.fromEntries(
    Object.entries(table.enums).map(([name, { type, bits, texts }]) => [
      name.replace(/^px4::/u, ''),
      {
        type,
        ...(bits ? { is_bitfield: true } : {}),
        description: '',
        entries: Object.fromEntries(
          Object.entries(texts).map(([value, text]) => [
            value,
            { name: nameOf(text, value), description: text },
          ]),
        ),
      },
    ]),
  );

/**
 * What the autopilot's events mean, in the form that clients read (events metadata, version 2,
 * mavlink.io/en/services/events.html): made of the same table by which our own client reads them.
 */
export const eventsMetadata = () => ({
  version: 2,
  components: {
    1: {
      namespace: 'px4',
      supported_protocols: ['health_and_arming_check'],
      navigation_mode_groups: {
        groups: Object.fromEntries(
          Object.entries(MODE_GROUPS).map(([group, customMode]) => [group, [customMode]]),
        ),
      },
      enums: enumsOf(),
      event_groups: groupsOf(),
    },
  },
});
