import { describe, expect, test } from 'vitest';
import { MissionCount, MissionItemInt } from 'mavlink-mappings/dist/lib/common.js';
import { decode } from '#protocols/mavlink/codec.ts';
import { fenceOfItems } from '#protocols/mavlink/geofence.ts';
import { MissionClient } from '#protocols/mavlink/mission-client.ts';
import { itemDifferences } from '#protocols/mavlink/mission-compare.ts';
import { missionItemOf, type MissionItem } from '#protocols/mavlink/mission-item.ts';
import { SELF, VEHICLE } from './mission-vehicle.ts';
import { hasRecordings, recordingOf } from './tlog-packets.ts';

describe.skipIf(!hasRecordings)('against what the real PX4 said', () => {
  const MISSION_IDS = new Set([40, 43, 44, 45, 47, 51, 73]);

  /**
   * Plays the recording from one of its client's messages on: our client must say the same thing as
   * the recorded one did, and hears what PX4 answered to it, until it has nothing more to say.
   */
  const play = (client: MissionClient, firstClientMessage: number) => {
    const { vehicle, client: asked } = recordingOf('mission-fence');
    const said = asked.filter(({ frame }) => MISSION_IDS.has(frame.msgid));
    const heard = vehicle.filter(({ frame }) => MISSION_IDS.has(frame.msgid));
    let at = firstClientMessage;
    let nowMs = said[at]!.atMs;
    const outcomes = [];
    while (client.progress !== undefined && at < said.length) {
      const tick = client.tick(nowMs);
      outcomes.push(...tick.outcomes);
      for (const message of tick.send) {
        const recorded = said[at]!;
        expect(Object.entries(message).toSorted()).toEqual(
          Object.entries(decode(recorded.frame)!).toSorted(),
        );
        at += 1;
        nowMs = Math.max(nowMs, recorded.atMs);
        const untilMs = said[at]?.atMs ?? Number.POSITIVE_INFINITY;
        for (const { atMs, frame } of heard) {
          if (atMs < recorded.atMs || atMs >= untilMs) continue;
          client.hear(decode(frame)!, frame);
        }
      }
      nowMs += 20;
    }
    return outcomes;
  };

  const recordedItems = (part: number, from: number, count: number): MissionItem[] => {
    const { client: asked } = recordingOf('mission-fence');
    return asked
      .map(({ frame }) => decode(frame))
      .filter((message) => message instanceof MissionItemInt && message.missionType === part)
      .slice(from, from + count)
      .map((message) => {
        const sent = message as MissionItemInt;
        return { ...missionItemOf(sent), frame: sent.frame };
      });
  };

  test('asks for three empty lists, uploads six items and reads them back unchanged', () => {
    const client = new MissionClient(VEHICLE, SELF);
    const items = recordedItems(0, 0, 6);
    client.download('mission');
    client.download('fence');
    client.download('rally');
    client.upload('mission', items);
    client.download('mission');
    const outcomes = play(client, 0);
    expect(outcomes.map(({ part, result }) => `${part} ${result}`)).toEqual([
      'mission downloaded',
      'fence downloaded',
      'rally downloaded',
      'mission uploaded',
      'mission downloaded',
    ]);
    const last = outcomes.at(-1);
    expect(last?.result === 'downloaded' && itemDifferences('mission', items, last.items)).toEqual(
      [],
    );
  });

  test('a command that PX4 does not know is refused by name', () => {
    const { client: asked } = recordingOf('mission-fence');
    const said = asked.filter(({ frame }) => MISSION_IDS.has(frame.msgid));
    const at = said.findIndex(({ frame }) => {
      const message = decode(frame);
      return message instanceof MissionItemInt && Number(message.command) === 999;
    });
    const client = new MissionClient(VEHICLE, SELF);
    const bad = decode(said[at]!.frame) as MissionItemInt;
    client.upload('mission', [{ ...missionItemOf(bad), frame: bad.frame }]);
    expect(play(client, at - 1)).toMatchObject([
      { result: 'refused', seq: 0, refusal: { name: 'unsupported' } },
    ]);
  });

  test('a fence comes back in another frame, and counts as the same', () => {
    const { client: asked } = recordingOf('mission-fence');
    const said = asked.filter(({ frame }) => MISSION_IDS.has(frame.msgid));
    const at = said.findIndex(({ frame }) => {
      const message = decode(frame);
      return message instanceof MissionCount && message.missionType === 1;
    });
    const items = recordedItems(1, 0, 4);
    const client = new MissionClient(VEHICLE, SELF);
    client.upload('fence', items);
    client.download('fence');
    const [up, down] = play(client, at);
    expect(up).toMatchObject({ result: 'uploaded', count: 4 });
    expect(down?.result === 'downloaded' && itemDifferences('fence', items, down.items)).toEqual(
      [],
    );
    const fence = down?.result === 'downloaded' ? fenceOfItems(down.items) : '';
    expect(fence).toMatchObject({ polygons: [{ inclusion: true }], circles: [] });
  });
});
