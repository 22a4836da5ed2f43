import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { enrol, FIRST_OPERATOR, type Enrolment } from './enrolment.ts';
import { MemberProcess, type MeshKind } from './member-process.ts';
import type { Account, Defence, Load, Order } from './member/orders.ts';
import { Network } from './network.ts';

export interface SwarmOptions {
  drones: number;
  /** With an operator on a host of its own, the last one. */
  operator: boolean;
  seed: number;
  /** Default: skein. */
  kind?: MeshKind;
  /** Without datagrams. */
  gossipOnly?: boolean;
  /** Enrolled, with a host, but not started. */
  absent?: readonly number[];
}

/** A mesh of real processes, each on its own host of a test network. */
export class Swarm {
  readonly network: Network;
  readonly enrolment: Enrolment;
  /** Drones, then the operator. */
  readonly members: readonly number[];
  readonly #options: SwarmOptions;
  readonly #directory = mkdtempSync(join(tmpdir(), 'skein-net-'));
  readonly #running = new Map<number, MemberProcess>();
  #starts = 0;

  private constructor(options: SwarmOptions) {
    this.#options = options;
    const drones = Array.from({ length: options.drones }, (_, index) => index + 1);
    this.members = options.operator ? [...drones, FIRST_OPERATOR] : drones;
    this.network = new Network(this.members.length);
    const addresses = this.members.map(
      (member) => [member, this.network.address(this.hostOf(member))] as const,
    );
    this.enrolment = enrol(join(this.#directory, 'keys'), new Map(addresses));
  }

  static async start(options: SwarmOptions): Promise<Swarm> {
    const swarm = new Swarm(options);
    try {
      const present = swarm.members.filter((member) => options.absent?.includes(member) !== true);
      await Promise.all(present.map((member) => swarm.boot(member)));
    } catch (error) {
      await swarm.end();
      throw error;
    }
    return swarm;
  }

  hostOf(member: number): number {
    return this.members.indexOf(member) + 1;
  }

  /** Where it keeps what it remembers. */
  directoryOf(member: number): string {
    return join(this.#directory, `member-${member}`);
  }

  /** Starts a member's process, anew if it was killed: same key, same directory. */
  async boot(member: number, without: readonly Defence[] = []): Promise<void> {
    const host = this.hostOf(member);
    const directory = this.directoryOf(member);
    mkdirSync(directory, { recursive: true });
    this.#starts += 1;
    const process = new MemberProcess(
      this.#options.kind ?? 'skein',
      {
        self: member,
        directory,
        privateKeyFile: this.enrolment.privateKeyFile(member),
        rosterFile: this.enrolment.rosterFile,
        authorityPublicKeyHex: this.enrolment.authorityPublicKeyHex,
        address: this.network.address(host),
        seed: 1000 * this.#options.seed + this.#starts,
        gossipOnly: this.#options.gossipOnly ?? false,
        without,
      },
      (program, ...args) => this.network.on(host, program, ...args),
    );
    this.#running.set(member, process);
    await process.ready;
  }

  async kill(member: number): Promise<void> {
    await this.#running.get(member)?.kill();
    this.#running.delete(member);
  }

  tell(member: number, order: Order): Promise<Account | undefined> {
    return this.#running.get(member)!.tell(order);
  }

  async tellAll(order: Order): Promise<void> {
    await Promise.all([...this.#running.values()].map((process) => process.tell(order)));
  }

  async speak(load: Load): Promise<void> {
    await this.tellAll({ do: 'load', load });
  }

  async accounts(): Promise<Map<number, Account>> {
    const asked = [...this.#running].map(
      async ([member, process]) => [member, await process.account()] as const,
    );
    return new Map(await Promise.all(asked));
  }

  /** Until every member has a link over which gossip flows to every other. */
  async untilJoined(timeoutMs = 60_000): Promise<void> {
    await this.until(timeoutMs, 'all have joined', (accounts) =>
      [...accounts.values()].every(({ status }) => status.peers.every((peer) => peer.connected)),
    );
  }

  /** Asks everyone now and then; what is noted meanwhile is lost. Throws when it does not come to be. */
  async until(
    timeoutMs: number,
    what: string,
    isSo: (accounts: Map<number, Account>) => boolean,
  ): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs;
    for (;;) {
      const accounts = await this.accounts();
      if (isSo(accounts)) return;
      if (performance.now() > deadlineMs) {
        const links = [...accounts].map(([member, { status }]) => {
          const linked = status.peers.filter((peer) => peer.connected);
          return `${member} → ${linked.map((peer) => peer.member).join(',')}`;
        });
        throw new Error(`after ${timeoutMs / 1000} s not so: ${what}. Links ${links.join('; ')}`);
      }
      await sleep(250);
    }
  }

  async end(): Promise<void> {
    await Promise.all([...this.#running.values()].map((process) => process.kill()));
    this.network.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
