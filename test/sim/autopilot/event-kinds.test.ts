import { describe, expect, it } from 'vitest';
import table from '#protocols/mavlink/events/data/px4-events.json' with { type: 'json' };
import * as kinds from '#sim/autopilot/events/event-kinds.ts';
import { eventId } from '#sim/autopilot/events/event-id.ts';
import { ARGUMENT_BYTES, type RaisedEvent } from '#sim/autopilot/events/raised-event.ts';

const BYTES: Readonly<Record<string, number>> = {
  uint8_t: 1,
  int8_t: 1,
  uint16_t: 2,
  int16_t: 2,
  uint32_t: 4,
  int32_t: 4,
  float: 4,
};

const enums: Readonly<Record<string, { type: string }>> = table.enums;
const known: Readonly<Record<string, unknown[]>> = table.events;

const lengthOf = (id: number): number | undefined => {
  const entry = known[String(id)];
  if (entry === undefined) return undefined;
  const types = entry[2] as string[];
  return types.reduce((sum, type) => sum + BYTES[enums[type]?.type ?? type]!, 0);
};

type Kind = ((...values: number[]) => RaisedEvent) & { kindName: string };

const all = [
  kinds.REPORT_EVENTS,
  kinds.COMMANDER_EVENTS,
  kinds.FAILSAFE_EVENTS,
  kinds.NAVIGATOR_EVENTS,
  kinds.TRANSFER_EVENTS,
].flatMap((group) => Object.values(group) as unknown as Kind[]);

describe('the number of an event', () => {
  it('is the hash of its name, as PX4 sent it in the recordings', () => {
    expect(eventId('commander_arming_check_summary')).toBe(0x01a8_93e0);
    expect(eventId('commander_health_summary')).toBe(0x011d_3727);
    expect(eventId('check_modes_offboard_signal_lost')).toBe(0x01ae_ef7e);
    expect(eventId('check_estimator_heading_no_source')).toBe(0x01cc_def5);
    expect(eventId('commander_unsupported_main_mode')).toBe(0x012a_3f67);
    expect(eventId('commander_unsupported_base_mode')).toBe(0x019a_f4eb);
  });
});

describe('an event of the stand-in', () => {
  it.each(all.map((kind) => [kind.kindName, kind] as const))('%s fits a client', (_name, kind) => {
    // Arguments whose every byte is set, one more than any kind has.
    const { id, arguments: bytes } = kind(-1, -1, -1, -1, -1, -1);
    expect(bytes).toHaveLength(ARGUMENT_BYTES);
    expect(bytes.findLastIndex((byte) => byte !== 0) + 1).toBe(lengthOf(id));
  });
});
