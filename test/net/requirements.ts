import { spawnSync } from 'node:child_process';

const TOOLS = [
  ['ip', '-V'],
  ['tc', '-V'],
  ['nft', '--version'],
] as const;

const runs = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0;

/** What keeps this machine from having a network of namespaces, in words for a person; undefined: nothing. */
export const whyNoNetwork = (): string | undefined => {
  if (process.platform !== 'linux') return 'network namespaces are Linux only';
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const missing = TOOLS.filter(([program, flag]) => !runs(program, flag)).map(([name]) => name);
  if (missing.length > 0) return `${missing.join(', ')} not found: install iproute2 and nftables`;
  const probe = `skein-${process.pid}-probe`;
  const added = runs('ip', 'netns', 'add', probe);
  runs('ip', 'netns', 'del', probe);
  return added ? undefined : 'this machine refuses new network namespaces';
};
