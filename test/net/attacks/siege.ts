import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { peerIdOfKey } from '#protocols/gossip/identity.ts';
import { gossipTopicOf } from '#protocols/gossip/node-options.ts';
import { generateSigningKey, loadSigningKey, saveKeyPem } from '#protocols/gossip/signing.ts';
import { systemClock } from '#protocols/system-clock.ts';

import { GROUP, PORT } from '../enrolment.ts';
import { Ledger } from '../ledger.ts';
import type { Account, Defence } from '../member/orders.ts';
import { OrderedProcess } from '../ordered-process.ts';
import { Swarm } from '../swarm.ts';
import { forgedPromise } from './forged-words.ts';
import type { IntruderAccount, IntruderOrder } from './intruder/orders.ts';

/** The program that an intruder is. */
export const INTRUDER = fileURLToPath(new URL('intruder/main.ts', import.meta.url));

/** Has all its defences, always. */
export const GUARDED = 1;
/** Is started anew for every attack, without the defence that the attack is held off by. */
export const BARE = 2;
/** Enrolled; the intruder sits on its host and has its key. */
export const STOLEN = 3;
export const HONEST = 4;
export const OPERATOR = 1001;

/** What comes at all comes within this. */
const PATIENCE_MS = 15_000;
const MOMENT_MS = 600;

export const nowMs = (): number => systemClock.monotonicMs();
export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** A small swarm with an intruder on its network, who tries the same on a guarded member and a bare one. */
export class Siege {
  readonly swarm: Swarm;
  readonly ledger: Ledger;
  readonly #intruder: OrderedProcess<IntruderOrder, IntruderAccount>;
  readonly #directory: string;
  #strangers = 0;
  #plans = 900_000_000;

  private constructor(swarm: Swarm) {
    this.swarm = swarm;
    this.ledger = new Ledger(swarm.members);
    this.#directory = swarm.directoryOf(STOLEN);
    mkdirSync(this.#directory, { recursive: true });
    const host = swarm.hostOf(STOLEN);
    const config = {
      directory: this.#directory,
      address: swarm.network.address(host),
      topic: gossipTopicOf('net'),
      air: GROUP,
    };
    this.#intruder = new OrderedProcess(
      'intruder',
      INTRUDER,
      join(this.#directory, 'intruder.json'),
      config,
      (program, ...args) => swarm.network.on(host, program, ...args),
    );
  }

  /** `gossipOnly`: where connections are attacked, what travels without them would arrive all the same. */
  static async begin({ gossipOnly }: { gossipOnly: boolean }): Promise<Siege> {
    const swarm = await Swarm.start({
      drones: 4,
      operator: true,
      seed: 1,
      absent: [STOLEN],
      gossipOnly,
    });
    try {
      const siege = new Siege(swarm);
      await siege.#intruder.ready;
      await siege.untilLinked([GUARDED, BARE, HONEST, OPERATOR]);
      await swarm.speak({ intentHz: 5, claimHz: 0 });
      return siege;
    } catch (error) {
      await swarm.end();
      throw error;
    }
  }

  async end(): Promise<void> {
    await this.#intruder.kill();
    await this.swarm.end();
  }

  /** Until these have links with one another. */
  async untilLinked(members: readonly number[], timeoutMs = 60_000): Promise<void> {
    await this.swarm.until(timeoutMs, `${members.join(', ')} are linked`, (accounts) => {
      this.ledger.add(accounts);
      return members.every((member) => {
        const peers = accounts.get(member)?.status.peers ?? [];
        return members.every(
          (other) =>
            other === member || peers.some((peer) => peer.member === other && peer.connected),
        );
      });
    });
  }

  /** The bare member anew, without these defences. */
  async bare(...without: Defence[]): Promise<void> {
    await this.anew(BARE, without);
  }

  /** A member that has started again, and holds nothing against anybody. */
  async anew(member: number, without: readonly Defence[] = []): Promise<void> {
    await this.hangUp();
    await this.swarm.kill(member);
    await this.swarm.boot(member, without);
    await this.swarm.tell(member, { do: 'load', load: { intentHz: 5, claimHz: 0 } });
  }

  forget(member: number): void {
    rmSync(this.swarm.directoryOf(member), { recursive: true, force: true });
  }

  get stolenKey(): string {
    return this.swarm.enrolment.privateKeyFile(STOLEN);
  }

  /** A key that no roster names. */
  strangersKey(): string {
    this.#strangers += 1;
    const file = join(this.#directory, `stranger-${this.#strangers}.pem`);
    saveKeyPem(file, generateSigningKey().pem);
    return file;
  }

  addressOf(member: number, transport: 'quic' | 'tcp' = 'quic'): string {
    const { network, enrolment } = this.swarm;
    const peerId = peerIdOfKey(loadSigningKey(enrolment.privateKeyFile(member)).publicKey);
    const host = network.address(this.swarm.hostOf(member));
    const port = transport === 'quic' ? `udp/${PORT}/quic-v1` : `tcp/${PORT}`;
    return `/ip4/${host}/${port}/p2p/${peerId}`;
  }

  tell(order: IntruderOrder): Promise<IntruderAccount | undefined> {
    return this.#intruder.tell(order);
  }

  async seen(member: number, keyFile = this.stolenKey): Promise<IntruderAccount> {
    return (await this.tell({ do: 'account', keyFile, to: this.addressOf(member) }))!;
  }

  async connect(members: readonly number[], keyFile = this.stolenKey): Promise<void> {
    for (const member of members) await this.say(member, [], keyFile);
  }

  async hangUp(keyFile = this.stolenKey): Promise<void> {
    await this.tell({ do: 'hangUp', keyFile });
  }

  async say(
    member: number,
    bundles: readonly Uint8Array[],
    keyFile = this.stolenKey,
  ): Promise<void> {
    const to = this.addressOf(member);
    await this.tell({ do: 'say', keyFile, to, bundlesHex: bundles.map(hexOf), tries: 5 });
  }

  /** A promise in `author`'s name, and what its hearers note of it. */
  promise(author: number, keyFile = this.stolenKey): { name: string; envelope: Uint8Array } {
    this.#plans += 1;
    return { name: String(this.#plans), envelope: forgedPromise(author, this.#plans, keyFile) };
  }

  /**
   * Which of these names each member has heard in `author`'s name: once the members `by` have heard them
   * all, or never do, and a moment later, for whoever is not to hear them.
   */
  async heard(
    author: number,
    names: readonly string[],
    by: readonly number[] = [],
  ): Promise<Map<number, string[]>> {
    const heard = (member: number): string[] => this.ledger.heardBy(member, author, names);
    await this.until(() => by.every((member) => heard(member).length === names.length));
    await sleep(MOMENT_MS);
    await this.accounts();
    return new Map(this.swarm.members.map((member) => [member, heard(member)]));
  }

  async accounts(): Promise<Map<number, Account>> {
    const accounts = await this.swarm.accounts();
    this.ledger.add(accounts);
    return accounts;
  }

  /** Waits for what is to come about on a machine however busy; false when it does not. */
  async until(
    isSo: (accounts: Map<number, Account>) => boolean | Promise<boolean>,
    timeoutMs = PATIENCE_MS,
  ): Promise<boolean> {
    const deadlineMs = nowMs() + timeoutMs;
    for (;;) {
      if (await isSo(await this.accounts())) return true;
      if (nowMs() > deadlineMs) return false;
      await sleep(50);
    }
  }
}
