import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

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
    super(`member ${config.self}`, MAINS[kind], file, config, on);
  }

  async account(): Promise<Account> {
    return (await this.tell({ do: 'account' }))!;
  }
}
