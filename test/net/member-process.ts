import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { NODE_ENVIRONMENT, NODE_FLAGS } from '#agent/child-processes.ts';
import type { Account, MemberConfig, Order } from './member/orders.ts';
import { OrderedProcess } from './ordered-process.ts';

/** Ours, or gossipsub as it comes. */
export type MeshKind = 'skein' | 'stock';

const MAINS: Record<MeshKind, string> = {
  skein: fileURLToPath(new URL('member/main.ts', import.meta.url)),
  stock: fileURLToPath(new URL('stock/main.ts', import.meta.url)),
};

/** A member of the mesh at work on a host of the test network. */
export class MemberProcess extends OrderedProcess<Order, Account> {
  constructor(
    kind: MeshKind,
    config: MemberConfig,
    on: (program: string, ...args: string[]) => [string, string[]],
  ) {
    const file = join(config.directory, 'member.json');
    // As a drone runs its mesh: what a process takes up depends on it.
    const node = { flags: NODE_FLAGS.mesh, environment: NODE_ENVIRONMENT.mesh };
    super(`member ${config.self}`, MAINS[kind], file, config, on, node);
  }

  async account(): Promise<Account> {
    return (await this.tell({ do: 'account' }))!;
  }
}
