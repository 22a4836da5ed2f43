/**
 * The mesh process of a drone: the only one that reads bytes from the air.
 *
 *   node agent/mesh/main.ts --config FILE [--boot-epoch N]
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { connectChannel, listenChannel, type ChannelPeer } from '#protocols/channel/socket.ts';
import { EXIT, Fault } from '#protocols/fault.ts';
import { startMember } from '#protocols/gossip/node-member.ts';
import { RecordSender } from '#protocols/log/sender.ts';
import { seededRandom } from '#protocols/random.ts';
import { systemClock } from '#protocols/system-clock.ts';

import { AGENT_SOCKETS, type AgentConfig } from '../config.ts';
import { DroneMesh } from './drone-mesh.ts';

const FLUSH_EVERY_TICKS = 4;

const readSettings = (): { config: AgentConfig; bootEpoch: number | undefined } => {
  const { values } = parseArgs({
    options: { config: { type: 'string' }, 'boot-epoch': { type: 'string' } },
  });
  if (values.config === undefined) {
    throw new Fault('config-missing', 'no configuration given', {
      exit: 'usage',
      remedy: 'Call it as: node agent/mesh/main.ts --config FILE',
    });
  }
  const config = JSON.parse(readFileSync(values.config, 'utf8')) as AgentConfig;
  const epoch = values['boot-epoch'];
  return { config, bootEpoch: epoch === undefined ? undefined : Number(epoch) };
};

const tell = (event: Record<string, unknown>): void => {
  process.stderr.write(`${JSON.stringify({ process: 'mesh', ...event })}\n`);
};

const nowMs = (): number => systemClock.monotonicMs();

/** Everything of this process that has an other side; `drone` comes to life last. */
interface Wiring {
  drone: DroneMesh | undefined;
  minds: Set<ChannelPeer>;
}

const connectRecorder = (runDir: string, wiring: Wiring): RecordSender => {
  const recorder = connectChannel(join(runDir, AGENT_SOCKETS.recorder), {
    onConnect: () => records.reconnected(),
    onFrame: ({ type, payload }) => {
      if (type === MESSAGE_TYPE.logHead) wiring.drone?.logHead(payload);
      if (type === MESSAGE_TYPE.recordsAcknowledged) records.acknowledge(payload);
    },
  });
  const records = new RecordSender({
    senderStartMs: nowMs(),
    send: (batch) => recorder.send(MESSAGE_TYPE.records, batch),
  });
  return records;
};

const connectPilot = (runDir: string, wiring: Wiring): ChannelPeer =>
  connectChannel(join(runDir, AGENT_SOCKETS.pilot), {
    onConnect: () => wiring.drone?.pilotConnected(),
    onFrame: ({ type, payload }) => {
      if (type === MESSAGE_TYPE.pilotStatus) wiring.drone?.pilotStatus(payload, nowMs());
    },
  });

const listenForMinds = (runDir: string, wiring: Wiring): ReturnType<typeof listenChannel> =>
  listenChannel(join(runDir, AGENT_SOCKETS.mesh), {
    onConnect: (peer) => {
      wiring.minds.add(peer);
      for (const payload of wiring.drone?.recallForMind() ?? []) {
        peer.send(MESSAGE_TYPE.received, payload);
      }
    },
    onDisconnect: (peer) => wiring.minds.delete(peer),
    onFrame: ({ type, payload }) => {
      if (type === MESSAGE_TYPE.publish) wiring.drone?.publish(payload, nowMs());
    },
  });

const run = async (): Promise<void> => {
  const { config, bootEpoch } = readSettings();
  const wiring: Wiring = { drone: undefined, minds: new Set() };
  const running = await startMember({
    self: config.sysid,
    directory: config.runDir,
    privateKeyFile: config.keys.privateKeyFile,
    rosterFile: config.keys.rosterFile,
    authorityPublicKeyHex: config.keys.authorityPublicKeyHex,
    ...config.mesh,
    bootEpoch,
    random: seededRandom(config.seed).fork('mesh'),
    events: {
      onReceived: (received, envelope) => wiring.drone?.received(received, envelope),
      onSent: (envelope) => wiring.drone?.sent(envelope),
    },
  });
  const records = connectRecorder(config.runDir, wiring);
  const pilot = connectPilot(config.runDir, wiring);
  const drone = new DroneMesh(running.session, {
    toPilot: (type, payload) => pilot.send(type, payload),
    toMind: (type, payload) => {
      for (const mind of wiring.minds) mind.send(type, payload);
    },
    record: (channel, payload) => records.add(channel, nowMs(), systemClock.unixUs(), payload),
  });
  wiring.drone = drone;
  const server = await listenForMinds(config.runDir, wiring);
  let ticks = 0;
  running.everyTick(() => {
    drone.tick(nowMs());
    ticks += 1;
    if (ticks % FLUSH_EVERY_TICKS === 0) records.flush();
  });
  tell({ event: 'ready', member: config.sysid, addresses: running.addresses() });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      records.flush();
      server.close();
      running.close().then(
        () => process.exit(EXIT.ok),
        () => process.exit(EXIT.failed),
      );
    });
  }
};

try {
  await run();
} catch (error) {
  const fault = error instanceof Fault ? error : new Fault('mesh-failed', String(error));
  tell({ event: 'failed', code: fault.code, message: fault.message, remedy: fault.remedy ?? '' });
  process.exit(EXIT[fault.exit]);
}
