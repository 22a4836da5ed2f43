import { Heartbeat, MavAutopilot } from 'mavlink-mappings/dist/lib/minimal.js';
import { expect, test } from 'vitest';
import { LinkWatch } from '#agent/pilot/link-watch.ts';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { parseConnectionString } from '#protocols/mavlink/connection-string.ts';
import { Inbox } from '#protocols/mavlink/inbox.ts';
import type { VehicleLink } from '#protocols/mavlink/link.ts';

test('a silent wire, then ArduPilot on it, then PX4: each is told once', () => {
  const inbox = new Inbox({ sysid: 1 });
  const link: VehicleLink = {
    counts: inbox.counts,
    send: () => {},
    receive: () => inbox.take(),
    close: () => Promise.resolve(),
  };
  const watch = new LinkWatch(parseConnectionString('serial:///dev/ttyAMA0:921600'), link, 1, 0);
  const encoder = new Encoder(1, 1);
  const told: string[] = [];
  for (let nowMs = 0; nowMs < 20_000; nowMs += 20) {
    if (nowMs >= 8000 && nowMs % 1000 === 0) {
      const autopilot = nowMs < 14_000 ? MavAutopilot.ARDUPILOTMEGA : MavAutopilot.PX4;
      inbox.append(encoder.encode(Object.assign(new Heartbeat(), { autopilot })));
    }
    watch.observe(link.receive());
    const news = watch.news(1, nowMs);
    if (news !== undefined) told.push(news.map(({ code }) => code).join(' '));
  }
  // The kind of autopilot changed under one id, which no single vehicle does.
  expect(told).toEqual(['link-silent', 'not-px4', 'same-sysid']);
});
