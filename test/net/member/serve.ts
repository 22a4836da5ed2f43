import { readFileSync } from 'node:fs';

import type { Answer, Request } from './orders.ts';

export interface AtWork<Order, Value> {
  obey(order: Order): Promise<Value | undefined>;
}

/** Starts what the configuration on the command line asks for; orders come by IPC from then on. */
export const serve = async <Config, Order, Value>(
  start: (config: Config) => Promise<AtWork<Order, Value>>,
): Promise<void> => {
  const config = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Config;
  const work = await start(config);
  const answer = (message: Answer<Value>): void => void process.send?.(message);
  process.on('message', ({ id, order }: Request<Order>) => {
    work
      .obey(order)
      .then((value) => answer({ id, ...(value && { value }) }))
      .catch((error: unknown) => answer({ id, error: String(error) }));
  });
  // Whoever started this process is gone: nobody else would end it.
  process.on('disconnect', () => process.exit(1));
  answer({ id: 0 });
};
