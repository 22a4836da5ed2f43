import { EXIT, Fault } from '#protocols/fault.ts';
import { openDisk } from '#protocols/log/disk.ts';
import { readFlight } from '#protocols/log/reader.ts';
import { readUlogFile } from '#protocols/log/ulog-file.ts';
import { flightOf } from '#protocols/log/ulog-flight.ts';
import { decode } from '#protocols/mavlink/codec.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import { Heartbeat, MavAutopilot } from 'mavlink-mappings/dist/lib/minimal.js';
import { TlogFile } from '../exchange/tlog-file.ts';
import { tlogOfFlight } from '../exchange/tlog-of-flight.ts';
import { TrackMcap } from '../exchange/track-mcap.ts';
import { trackOfFlight } from '../exchange/track-of-flight.ts';
import { TlogTrack } from '../exchange/track-of-tlog.ts';
import { trackOfUlog } from '../exchange/track-of-ulog.ts';
import type { TrackMessage } from '../exchange/track.ts';
import { WholeFile } from '../exchange/whole-file.ts';
import type { Context } from './context.ts';
import { onlyFlight } from './log.ts';

export interface ExchangeFlags {
  tlog?: string;
  mcap?: string;
  force: boolean;
}

/**
 * `skein log export DIR --tlog FILE --mcap FILE`: one flight for the tools of others. Throws the Fault
 * `usage` when no form was asked for.
 */
export const runLogExport = async (
  context: Context,
  directory: string,
  flags: ExchangeFlags,
): Promise<number> => {
  const flight = onlyFlight(directory);
  if (flags.tlog === undefined && flags.mcap === undefined) {
    throw new Fault('usage', 'log export needs --tlog FILE or --mcap FILE', {
      exit: 'usage',
      remedy: 'A .tlog opens in QGroundControl and MAVProxy, an .mcap in Foxglove and PlotJuggler.',
    });
  }
  const records = (): ReturnType<typeof readFlight> => readFlight(openDisk(flight));
  if (flags.tlog !== undefined) {
    const counts = { fromVehicle: 0, toVehicle: 0 };
    await writing(flags.tlog, flags.force, async (file) => {
      for await (const part of tlogOfFlight(records())) {
        await file.write(part.bytes);
        counts.fromVehicle += part.fromVehicle;
        counts.toVehicle += part.toVehicle;
      }
    });
    context.output.data(
      { file: flags.tlog, ...counts },
      () =>
        `${flags.tlog}: ${counts.fromVehicle} packets from the vehicle, ${counts.toVehicle} to it`,
    );
  }
  if (flags.mcap !== undefined) {
    await writeTrack(context, flags.mcap, flags.force, trackOfFlight(records()));
  }
  return EXIT.ok;
};

/** `skein log import FILE --mcap OUT`: PX4's .ulg or a .tlog in the same form as our own exports. */
export const runLogImport = async (
  context: Context,
  file: string,
  flags: { mcap: string; force: boolean; sysid: number | undefined },
): Promise<number> => {
  if (/\.ulg(\.gz)?$/u.test(file)) {
    const log = await readUlogFile(file);
    await writeTrack(context, flags.mcap, flags.force, trackOfUlog(log, flightOf(log)));
  } else if (/\.tlog(\.gz)?$/u.test(file)) {
    const sysid = flags.sysid ?? (await onlyVehicle(file));
    const track = new TlogTrack(sysid);
    const log = new TlogFile(file);
    await writeTrack(context, flags.mcap, flags.force, messagesOf(log, track));
    context.output.say(tlogRemarks(log, track));
  } else {
    throw new Fault('usage', `${file} is neither a .ulg nor a .tlog`, {
      exit: 'usage',
      data: { file },
      remedy: 'Name a log by its ending: .ulg, .ulg.gz, .tlog or .tlog.gz.',
    });
  }
  return EXIT.ok;
};

async function* messagesOf(
  log: TlogFile,
  track: TlogTrack,
): AsyncGenerator<TrackMessage, void, void> {
  for await (const record of log.records()) yield* track.take(record);
}

const tlogRemarks = (log: TlogFile, track: TlogTrack): string =>
  [
    `vehicle ${track.sysid}`,
    `${track.packetsForeign} packets of other vehicles left out`,
    `${track.packetsUnread} packets unread`,
    `${log.bytesSkipped + log.bytesLeft} bytes damaged`,
  ].join(', ');

/** Throws the Fault `several-vehicles` (exit usage) for a log of more than one, `no-vehicle` for none. */
const onlyVehicle = async (file: string): Promise<number> => {
  const framer = new Framer();
  const sysids = new Set<number>();
  for await (const { packet } of new TlogFile(file).records()) {
    framer.push(packet);
    framer.endDatagram();
    const frame = framer.next();
    if (frame?.msgid !== 0 || frame.compid !== 1) continue;
    const message = decode(frame);
    if (message instanceof Heartbeat && message.autopilot === MavAutopilot.PX4) {
      sysids.add(frame.sysid);
    }
  }
  const [only, ...others] = sysids;
  if (only !== undefined && others.length === 0) return only;
  const found = [...sysids].join(', ');
  throw new Fault(
    only === undefined ? 'no-vehicle' : 'several-vehicles',
    only === undefined ? `${file} holds no PX4 heartbeat` : `${file} holds vehicles ${found}`,
    {
      exit: 'usage',
      data: { file, sysids: found },
      remedy:
        only === undefined
          ? 'Only logs of PX4 vehicles are read.'
          : `Say which one you mean, e.g. --sysid ${only}.`,
    },
  );
};

const writeTrack = async (
  context: Context,
  file: string,
  replace: boolean,
  messages: AsyncIterable<TrackMessage> | Iterable<TrackMessage>,
): Promise<void> => {
  const topics = await writing(file, replace, async (whole) => {
    const mcap = await TrackMcap.start(whole);
    for await (const message of messages) await mcap.add(message);
    return mcap.end();
  });
  context.output.data({ file, topics }, () =>
    [
      `${file}:`,
      ...Object.entries(topics).map(([topic, count]) => `  ${topic.padEnd(20)} ${count}`),
    ].join('\n'),
  );
};

const writing = async <T>(
  path: string,
  replace: boolean,
  fill: (file: WholeFile) => Promise<T>,
): Promise<T> => {
  const file = await WholeFile.open(path, { replace });
  try {
    const result = await fill(file);
    await file.finish();
    return result;
  } catch (error) {
    await file.abandon();
    throw error;
  }
};
