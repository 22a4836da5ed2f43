import { flushCompileCache } from 'node:module';
import { join } from 'node:path';

import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { connectChannel, listenChannel, type ChannelPeer } from '#protocols/channel/socket.ts';
import { EXIT } from '#protocols/fault.ts';
import { startMember } from '#protocols/gossip/node-member.ts';
import { RecordSender } from '#protocols/log/sender.ts';
import { seededRandom } from '#protocols/random.ts';
import { systemClock } from '#protocols/system-clock.ts';

import { AGENT_SOCKETS, type AgentConfig } from '../config.ts';
import { DroneMesh } from './drone-mesh.ts';

const FLUSH_EVERY_TICKS = 4;

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

/** Runs until SIGTERM or SIGINT. Throws the faults of {@link startMember}. */
export const runMesh = async (
  config: AgentConfig,
  bootEpoch: number | undefined,
): Promise<void> => {
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
    onNotKept: (error) => {
      process.stderr.write(
        `${JSON.stringify({ event: 'state-not-written', detail: String(error) })}\n`,
      );
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
  // A drone is switched off, not shut down: what was compiled is kept now, not at the end.
  flushCompileCache();
  const ready = { event: 'ready', member: config.sysid, addresses: running.addresses() };
  process.stderr.write(`${JSON.stringify(ready)}\n`);
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
