import { join } from 'node:path';

import type { ChannelFrame } from '#protocols/channel/frame.ts';
import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { connectChannel, listenChannel, type ChannelPeer } from '#protocols/channel/socket.ts';
import { verifySignature } from '#protocols/gossip/signing.ts';
import { RecordSender } from '#protocols/log/sender.ts';
import { encodeTickRecord } from '#protocols/log/tick-record.ts';
import type { SecuredLink } from '#protocols/mavlink/secured-link.ts';
import { systemClock } from '#protocols/system-clock.ts';
import { AGENT_SOCKETS, type AgentConfig } from '../config.ts';
import { lockDirectory } from '../directory-lock.ts';
import { encodePilotInbox, encodePilotOutbox, type PilotInbox, type PilotOutbox } from './inbox.ts';
import { Jitter } from './jitter.ts';
import { LinkWatch } from './link-watch.ts';
import { Mailbox } from './mailbox.ts';
import { MemoryFile } from './memory-file.ts';
import { openPilotLink, type PilotLink } from './open-link.ts';
import { createPilot, type Pilot, type PilotStart } from './pilot.ts';
import { encodePilotStart } from './replay.ts';
import { PILOT_TICK_MS, pilotTick } from './tick.ts';
import { encodeLinkTroubles } from './troubles.ts';

/** Ticks between two batches of records. */
const FLUSH_EVERY = 10;

/** A peer that says more than this in a tick is broken: it is cut off, and may dial again. */
const MAX_FRAMES_A_TICK = 200;

/** After a stall longer than this the missed ticks are not made up for. */
const SKIP_AFTER_MS = 100;

const tell = (fields: Record<string, unknown>): void => {
  process.stderr.write(`${JSON.stringify({ process: 'pilot', ...fields })}\n`);
};

interface Client {
  /** It has sent orders or trajectories: ranges interest it. */
  isMind: boolean;
  frames: number;
}

/** Door: the pilot's sockets, clock and disk around the pure tick. */
export class PilotProcess {
  readonly #pilot: Pilot;
  readonly #link: SecuredLink;
  readonly #rememberSigning: PilotLink['remember'];
  readonly #linkWatch: LinkWatch;
  readonly #records: RecordSender;
  readonly #recorder: ChannelPeer;
  readonly #memoryFile: MemoryFile;
  readonly #mailbox = new Mailbox();
  /** For the next tick, by way of its inbox: a replay must hear of it too. */
  readonly #linkNews: ChannelFrame[] = [];
  readonly #clients = new Map<ChannelPeer, Client>();
  readonly #jitter = new Jitter();
  #server: Awaited<ReturnType<typeof listenChannel>> | undefined;
  #deadlineMs: number;
  #tick = 0;
  #stopping = false;

  private constructor(pilot: Pilot, start: PilotStart, opened: PilotLink, config: AgentConfig) {
    const { address, link, remember } = opened;
    this.#pilot = pilot;
    this.#link = link;
    this.#rememberSigning = remember;
    this.#linkWatch = new LinkWatch(address, link, start.sysid, start.startMs);
    this.#memoryFile = new MemoryFile(config.runDir);
    this.#deadlineMs = start.startMs + PILOT_TICK_MS;
    this.#recorder = connectChannel(join(config.runDir, AGENT_SOCKETS.recorder), {
      onConnect: () => this.#records.reconnected(),
      onFrame: ({ type, payload }) => {
        if (type === MESSAGE_TYPE.recordsAcknowledged) this.#records.acknowledge(payload);
      },
    });
    this.#records = new RecordSender({
      senderStartMs: start.startMs,
      send: (batch) => this.#recorder.send(MESSAGE_TYPE.records, batch),
    });
    this.#records.add('pilot/start', start.startMs, systemClock.unixUs(), encodePilotStart(start));
  }

  /** Throws the Faults of `openPilotLink`, and 'pilot-running'. */
  static async open(config: AgentConfig): Promise<PilotProcess> {
    const { sysid } = config;
    // One whose supervisor was killed flies on: on a link that takes two, a second would steer against it.
    await lockDirectory(config.runDir, 'pilot');
    const link = await openPilotLink(config);
    const start: PilotStart = {
      sysid,
      simulated: config.simulated,
      operators: config.keys.operators,
      authorityPublicKeyHex: config.keys.authorityPublicKeyHex,
      startMs: systemClock.monotonicMs(),
      memory: new MemoryFile(config.runDir).read((error) => tell({ memory: String(error) })),
    };
    const pilot = createPilot(structuredClone(start), verifySignature);
    const opened = new PilotProcess(pilot, start, link, config);
    await opened.#listen(join(config.runDir, AGENT_SOCKETS.pilot));
    return opened;
  }

  async #listen(path: string): Promise<void> {
    this.#server = await listenChannel(path, {
      onConnect: (peer) => this.#clients.set(peer, { isMind: false, frames: 0 }),
      onDisconnect: (peer) => this.#clients.delete(peer),
      onFrame: (frame, peer) => this.#hear(frame, peer),
    });
  }

  #hear(frame: ChannelFrame, peer: ChannelPeer): void {
    const client = this.#clients.get(peer);
    if (client === undefined) return;
    client.frames += 1;
    if (client.frames > MAX_FRAMES_A_TICK) {
      peer.close();
      return;
    }
    if (frame.type === MESSAGE_TYPE.order || frame.type === MESSAGE_TYPE.trajectory) {
      client.isMind = true;
    }
    this.#mailbox.put(frame);
  }

  /** Ticks until {@link stop}; each deadline is one period after the last, not after the work. */
  readonly run = (): void => {
    if (this.#stopping) return;
    const nowMs = systemClock.monotonicMs();
    const lateMs = nowMs - this.#deadlineMs;
    if (lateMs >= -0.5) {
      this.#jitter.note(Math.max(0, lateMs));
      this.#step(nowMs);
      this.#deadlineMs =
        lateMs > SKIP_AFTER_MS ? nowMs + PILOT_TICK_MS : this.#deadlineMs + PILOT_TICK_MS;
    }
    setTimeout(this.run, Math.max(0, this.#deadlineMs - systemClock.monotonicMs()));
  };

  #step(nowMs: number): void {
    for (const client of this.#clients.values()) client.frames = 0;
    const frames = [...this.#linkNews.splice(0), ...this.#mailbox.take()];
    const inbox: PilotInbox = { packets: this.#link.receive(), frames };
    const outbox = pilotTick(this.#pilot, inbox, nowMs);
    // The vehicle first: nothing that follows may delay a setpoint.
    for (const packet of outbox.packets) this.#link.send(packet);
    this.#broadcast(outbox);
    if (outbox.memory !== undefined) {
      this.#memoryFile.write(outbox.memory, (error) => tell({ memory: String(error) }));
    }
    this.#rememberSigning((error) => tell({ signing: String(error) }));
    this.#record(inbox, outbox, nowMs);
    this.#linkWatch.observe(inbox.packets);
    const findings = this.#linkWatch.news(this.#pilot.tracker.status(nowMs).linkQuality, nowMs);
    if (findings !== undefined) {
      tell({ event: 'link', findings });
      const payload = encodeLinkTroubles(findings);
      this.#linkNews.push({ type: MESSAGE_TYPE.linkTroubles, payload });
    }
  }

  #broadcast(outbox: PilotOutbox): void {
    for (const { type, payload } of outbox.frames) {
      for (const [peer, client] of this.#clients) {
        if (type !== MESSAGE_TYPE.rangeRing || client.isMind) peer.send(type, payload);
      }
    }
  }

  #record(inbox: PilotInbox, outbox: PilotOutbox, nowMs: number): void {
    const unixUs = systemClock.unixUs();
    const record = encodeTickRecord({
      tick: this.#tick,
      nowMs,
      inbox: encodePilotInbox(inbox),
      outbox: encodePilotOutbox(outbox),
    });
    this.#tick += 1;
    this.#records.add('pilot/tick', nowMs, unixUs, record);
    for (const { type, payload } of outbox.frames) {
      if (type === MESSAGE_TYPE.pilotStatus) {
        this.#records.add('pilot/status', nowMs, unixUs, payload);
      }
    }
    if (this.#tick % FLUSH_EVERY === 0) this.#records.flush();
  }

  /** Says how late its ticks came and lets go of everything; the process then ends by itself. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    tell({
      event: 'stopped',
      jitter: { ...this.#jitter },
      link: this.#link.counts,
      refused: this.#link.refused,
    });
    this.#records.flush();
    this.#server?.close();
    for (const peer of this.#clients.keys()) peer.close();
    this.#recorder.close();
    await this.#link.close();
  }
}
