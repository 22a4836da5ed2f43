import {
  AvailableModes,
  ComponentMetadata,
  LogEntry,
  LogRequestList,
  ParamRequestList,
  ParamValue,
  Ping,
  ProtocolVersion,
} from 'mavlink-mappings/dist/lib/common.js';
import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import { AutopilotVersion } from 'mavlink-mappings/dist/lib/standard.js';
import { describe, expect, it } from 'vitest';
import { crc32 } from '#sim/autopilot/crc32.ts';
import { FTP_OPCODE } from '#sim/autopilot/metadata/ftp-packet.ts';
import type { Profile } from '#sim/autopilot/parameters.ts';
import { storedContentOf } from './stored-xz.ts';
import { Station } from './qgc-station.ts';

/** What `mftp://` names: the path begins behind both slashes, as clients read it. */
const pathOf = (uri: string): string => {
  expect(uri).toMatch(/^mftp:\/\/etc\/extras\/[a-z_]+\.json\.xz$/u);
  return uri.slice('mftp://'.length);
};

const contentOf = (file: Buffer): string => storedContentOf(file).toString();

describe.each<[Profile, number]>([
  ['1.15', 900],
  ['1.18', 920],
])('QGroundControl’s way of connecting to v%s', (profile, parameterCount) => {
  it('comes to its end without a single time-out', () => {
    const station = new Station(profile);
    const { companion } = station;
    companion.send(Object.assign(new Heartbeat(), { type: 6, autopilot: 8 }));
    companion.runUntil(() => companion.heartbeat !== undefined, 1.5);

    station.request(AutopilotVersion, 148);
    station.request(ProtocolVersion, 300);
    const { numberModes } = station.request(AvailableModes, 435, 1);
    for (let index = 2; index <= numberModes; index += 1) {
      expect(station.request(AvailableModes, 435, index).modeIndex).toBe(index);
    }

    const { uri, fileCrc } = station.request(ComponentMetadata, 397);
    const general = station.fetch(pathOf(uri));
    expect(crc32(general)).toBe(fileCrc);
    const [parameters] = JSON.parse(contentOf(general)).metadataTypes;
    const described = station.fetch(pathOf(parameters.uri));
    expect(crc32(described)).toBe(parameters.fileCrc);
    expect(JSON.parse(contentOf(described)).parameters).toHaveLength(parameterCount);

    station.send(new ParamRequestList());
    companion.runUntil(() => companion.heard(ParamValue).length > parameterCount, 2);
    expect([0, 1, 2].map((type) => station.download(type))).toEqual([0, 0, 0]);
    expect(station.next(LogEntry, () => station.send(new LogRequestList())).numLogs).toBe(0);
  });

  it('is told at once of files that are not there and of what may not be done to others', () => {
    const station = new Station(profile);
    const absent = { data: Buffer.from('/etc/extras/actuators.json.xz') };
    expect([...station.ftp(FTP_OPCODE.openReadOnly, absent).data]).toEqual([10]);
    expect([...station.ftp(FTP_OPCODE.readFile, { size: 10 }).data]).toEqual([4]);
    expect([...station.ftp(8, absent).data]).toEqual([9]);
    expect([...station.ftp(77).data]).toEqual([7]);
    const list = (path: string): string =>
      Buffer.from(
        station.ftp(FTP_OPCODE.listDirectory, { data: Buffer.from(path) }).data,
      ).toString();
    expect(list('/')).toBe('Detc\0');
    expect(list('/etc/extras')).toMatch(
      /^Fcomponent_general\.json\.xz\t\d+\0Fparameters\.json\.xz\t\d+\0Fall_events\.json\.xz\t\d+\0$/u,
    );
    expect(station.ftp(FTP_OPCODE.listDirectory, { data: Buffer.from('/fs') }).opcode).toBe(129);
  });

  it('has its ping sent back', () => {
    const station = new Station(profile);
    const ping = Object.assign(new Ping(), { timeUsec: 12n, seq: 4_000_000 });
    station.companion.send(ping);
    station.companion.run(0.1);
    const answers = station.companion
      .heard(Ping)
      .filter(({ targetSystem }) => targetSystem === 245);
    expect(answers.map(({ seq, timeUsec }) => [seq, timeUsec])).toEqual([[4_000_000, 12n]]);
  });
});
