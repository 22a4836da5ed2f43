import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { listenChannel, type ChannelPeer } from '#protocols/channel/socket.ts';
import { EXIT, Fault } from '#protocols/fault.ts';
import { encodeAcknowledgement } from '#protocols/log/batch.ts';
import { makeDisk } from '#protocols/log/disk.ts';
import { encodeLogHead, type LogHead } from '#protocols/log/log-head.ts';
import { parseFlightInfo, type FlightInfo } from '#protocols/log/segment-meta.ts';
import { FlightWriter, type LogTime } from '#protocols/log/writer.ts';
import { systemClock } from '#protocols/system-clock.ts';

import { Recorder, type RecorderAnswers } from '../recorder.ts';
import { lockDirectory } from '../directory-lock.ts';
import { surviveLog } from '../survive-log.ts';

/** How much of a flight a power cut may take. */
const COMMIT_MS = 200;

const now = (): LogTime => ({
  monotonicMs: systemClock.monotonicMs(),
  unixUs: systemClock.unixUs(),
});

const tell = (fields: Record<string, unknown>): void => {
  process.stderr.write(`${JSON.stringify({ process: 'recorder', ...fields })}\n`);
};

interface Settings {
  runDirectory: string;
  logDirectory: string;
  flight: FlightInfo;
}

const readSettings = (argv: readonly string[]): Settings => {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      'run-dir': { type: 'string' },
      'log-dir': { type: 'string' },
      flight: { type: 'string' },
    },
  });
  const flight = parseFlightInfo(JSON.parse(values.flight ?? 'null'));
  const runDirectory = values['run-dir'];
  const logDirectory = values['log-dir'];
  if (runDirectory === undefined || logDirectory === undefined || flight === undefined) {
    throw new Fault('recorder-usage', 'the recorder lacks its directories or its flight', {
      remedy:
        'Give --run-dir, --log-dir and --flight \'{"flight":…,"sysid":…,"bootEpoch":…,"versions":{…}}\'.',
      exit: 'usage',
    });
  }
  return { runDirectory, logDirectory, flight };
};

/** Peers, and what they are told. */
class Audience {
  readonly #peers = new Set<ChannelPeer>();
  #head: LogHead;

  constructor(head: LogHead) {
    this.#head = head;
  }

  join(peer: ChannelPeer): void {
    this.#peers.add(peer);
    peer.send(MESSAGE_TYPE.logHead, encodeLogHead(this.#head));
  }

  leave(peer: ChannelPeer): void {
    this.#peers.delete(peer);
  }

  answer({ acknowledgements, heads }: RecorderAnswers<ChannelPeer>): void {
    for (const [peer, number] of acknowledgements) {
      peer.send(MESSAGE_TYPE.recordsAcknowledged, encodeAcknowledgement(number));
    }
    for (const head of heads) {
      this.#head = head;
      for (const peer of this.#peers) peer.send(MESSAGE_TYPE.logHead, encodeLogHead(head));
    }
  }
}

/** A faulty peer loses its connection, never the recorder. */
const takeBatch = (
  recorder: Recorder<ChannelPeer>,
  peer: ChannelPeer,
  payload: Uint8Array,
): void => {
  try {
    if (recorder.accept(peer, payload) === 'accepted') return;
    tell({ event: 'full' });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    tell({ event: 'refused', code: error.code, message: error.message, ...error.data });
  }
  recorder.forget(peer);
  peer.close();
};

const run = async (): Promise<void> => {
  const { runDirectory, logDirectory, flight } = readSettings(process.argv.slice(2));
  await lockDirectory(logDirectory, 'recorder');
  const writer = await FlightWriter.open(await makeDisk(logDirectory), flight, now());
  for (const { file, recovered } of writer.mended) tell({ event: 'mended', file, ...recovered });
  const recorder = new Recorder<ChannelPeer>(writer);
  const audience = new Audience(writer.head(now()));
  const server = await listenChannel(join(runDirectory, 'recorder.sock'), {
    onConnect: (peer) => audience.join(peer),
    onDisconnect: (peer) => {
      recorder.forget(peer);
      audience.leave(peer);
    },
    onFrame: ({ type, payload }, peer) => {
      if (type === MESSAGE_TYPE.records) takeBatch(recorder, peer, payload);
    },
  });
  const stop = new AbortController();
  // A terminal's Ctrl-C reaches the recorder too, and must not tear the log.
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.on(signal, () => {
      stop.abort();
      server.close();
    });
  }
  // A drone is switched off, not shut down: what was compiled is kept now, not at the end.
  flushCompileCache();
  tell({ event: 'ready', logDirectory, flight: flight.flight });
  while (!stop.signal.aborted) {
    await delay(COMMIT_MS);
    audience.answer(await recorder.commit(now()));
  }
  audience.answer(await recorder.close(now()));
  // Frames that arrived meanwhile are not on disk and were not acknowledged.
  process.exit(EXIT.ok);
};

surviveLog();
try {
  await run();
} catch (error) {
  const fault = error instanceof Fault ? error : new Fault('recorder-failed', String(error));
  tell({ event: 'failed', code: fault.code, message: fault.message, remedy: fault.remedy });
  process.exit(EXIT[fault.exit]);
}
