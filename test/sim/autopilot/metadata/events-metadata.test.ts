import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { customModeOf } from '#protocols/mavlink/modes.ts';
import { eventId } from '#sim/autopilot/events/event-id.ts';
import { eventsMetadata } from '#sim/autopilot/metadata/events-metadata.ts';

const XZ = '/usr/bin/xz';
const PX4_METADATA = '../shared/px4-traces/px4-v1.15.4-events.json.xz';

interface Metadata {
  components: Record<
    string,
    {
      navigation_mode_groups?: { groups: Record<string, number[]> };
      event_groups: Record<
        string,
        {
          events: Record<
            string,
            { message: string; type?: string; arguments?: { type: string; name: string }[] }
          >;
        }
      >;
    }
  >;
}

const ours = (): Metadata => eventsMetadata();

describe('what the events mean, as clients read it', () => {
  it('tells which events sum up a report, and what their bits are about', () => {
    const { event_groups: groups } = ours().components['1']!;
    const summary =
      groups['arming_check']!.events[eventId('commander_arming_check_summary') & 0xff_ffff]!;
    expect(summary.type).toBe('summary');
    expect(summary.arguments!.map(({ name }) => name)).toEqual([
      'chunk_idx',
      'error',
      'warning',
      'can_arm',
      'can_run',
    ]);
  });

  it('names the modes of a report by what HEARTBEAT shows', () => {
    const { groups } = ours().components['1']!.navigation_mode_groups!;
    expect(groups[4]).toEqual([customModeOf('AUTO_LOITER')]);
    expect(groups[14]).toEqual([customModeOf('OFFBOARD')]);
    expect(groups[5]).toEqual([customModeOf('AUTO_RTL')]);
  });

  it.skipIf(!existsSync(PX4_METADATA) || !existsSync(XZ))(
    'says of every event what PX4 says of it',
    () => {
      const theirs = JSON.parse(
        execFileSync(XZ, ['-dc', PX4_METADATA], { maxBuffer: 1 << 24 }).toString(),
      ) as Metadata;
      const px4 = theirs.components['1']!;
      const made = ours().components['1']!;
      let compared = 0;
      for (const [group, { events }] of Object.entries(made.event_groups)) {
        for (const [id, event] of Object.entries(events)) {
          const known = px4.event_groups[group]?.events[id];
          // Four are of v1.18.
          if (known === undefined) continue;
          compared += 1;
          expect([id, event.message, event.type]).toEqual([id, known.message, known.type]);
          const typesOf = (one: typeof event) => one.arguments?.map(({ type }) => type) ?? [];
          expect([id, typesOf(event)]).toEqual([id, typesOf(known)]);
        }
      }
      expect(compared).toBeGreaterThan(260);
      const known = px4.navigation_mode_groups!.groups;
      for (const [group, modes] of Object.entries(made.navigation_mode_groups!.groups)) {
        expect(modes).toEqual(known[group]);
      }
    },
  );
});
