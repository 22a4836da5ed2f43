import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

/** Bytes and packets of a host at its veth since the network began, Ethernet headers counted. */
export interface Carried {
  /** What left the host, after its rate limit. */
  sentBytes: number;
  /** What reached the host's veth: losses are drawn after it, so what is lost is in it. */
  reachedBytes: number;
}

const run = (program: string, args: readonly string[], input = ''): string =>
  execFileSync(program, args, { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'pipe'] });

const NAMESPACES = '/var/run/netns';

/** Namespaces of runs that were killed: their names say whose they were. */
const removeAbandoned = (): void => {
  let names: string[] = [];
  try {
    names = readdirSync(NAMESPACES);
  } catch {
    return;
  }
  for (const name of names) {
    const owner = /^skein-(\d+)-/u.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    try {
      run('ip', ['netns', 'del', name]);
    } catch {
      // Another run was quicker.
    }
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

let networks = 0;

/**
 * Hosts on one Ethernet, each in a network namespace of its own: veth pairs on a bridge, which lies in
 * a namespace too, so that nothing of this touches the machine's own network. The bridge floods
 * multicast. Hosts are numbered from 1; what a host loses is drawn by its receiving end (nftables), what
 * it may send is limited by a token bucket (tbf). Needs root: see requirements.ts.
 */
export class Network {
  readonly hosts: readonly number[];
  readonly #prefix: string;
  readonly #loss = new Map<number, number>();
  /** Whom a host does not hear. */
  readonly #deafTo = new Map<number, Set<number>>();

  constructor(hosts: number) {
    removeAbandoned();
    networks += 1;
    this.#prefix = `skein-${process.pid}-${networks}`;
    this.hosts = Array.from({ length: hosts }, (_, index) => index + 1);
    run('ip', ['netns', 'add', this.#bridge]);
    const commands = [
      'link add bridge type bridge mcast_snooping 0 forward_delay 0',
      'link set lo up',
      'link set bridge up',
    ];
    for (const host of this.hosts) {
      run('ip', ['netns', 'add', this.namespace(host)]);
      commands.push(
        `link add host${host} type veth peer name eth0 netns ${this.namespace(host)}`,
        `link set host${host} master bridge up`,
      );
    }
    run('ip', ['-n', this.#bridge, '-batch', '-'], `${commands.join('\n')}\n`);
    for (const host of this.hosts) this.#configure(host);
  }

  address(host: number): string {
    return `10.77.0.${host}`;
  }

  namespace(host: number): string {
    return `${this.#prefix}-${host}`;
  }

  /** The command that runs a program on a host. */
  on(host: number, program: string, ...args: string[]): [string, string[]] {
    return ['ip', ['netns', 'exec', this.namespace(host), program, ...args]];
  }

  get #bridge(): string {
    return `${this.#prefix}-bridge`;
  }

  #configure(host: number): void {
    const commands = [
      'link set lo up',
      `link set eth0 address 02:00:00:00:00:${host.toString(16).padStart(2, '0')}`,
      `addr add ${this.address(host)}/24 dev eth0`,
      'link set eth0 up',
      // Also where there is no default route, as on a drone's mesh radio.
      'route add 224.0.0.0/4 dev eth0',
    ];
    run('ip', ['-n', this.namespace(host), '-batch', '-'], `${commands.join('\n')}\n`);
    this.#filter(host);
  }

  /** One transaction: no packet slips through between two rules. */
  #filter(host: number): void {
    const deafTo = [...(this.#deafTo.get(host) ?? [])].map((other) => this.address(other));
    const lost = Math.round(1000 * (this.#loss.get(host) ?? 0));
    const rules = [
      ...(deafTo.length > 0 ? [`ip saddr { ${deafTo.join(', ')} } drop`] : []),
      ...(lost > 0 ? [`meta protocol ip numgen random mod 1000 < ${lost} drop`] : []),
    ];
    const chain = 'type filter hook ingress device "eth0" priority 0; policy accept;';
    const script = [
      'table netdev air',
      'delete table netdev air',
      'table netdev air {',
      'chain received {',
      chain,
      ...rules,
      '}',
      '}',
    ];
    const [program, args] = this.on(host, 'nft', '-f', '-');
    run(program, args, `${script.join('\n')}\n`);
  }

  /** Every IP packet that reaches `hosts` is lost with this probability. */
  lose(share: number, hosts = this.hosts): void {
    for (const host of hosts) {
      this.#loss.set(host, share);
      this.#filter(host);
    }
  }

  /** `listener` no longer hears `speaker`; the other direction goes on. */
  deafen(listener: number, speaker: number): void {
    this.#setDeaf([[listener, speaker]], true);
  }

  /** No packet passes between the two, either way. */
  cut(...pairs: readonly (readonly [number, number])[]): void {
    this.#setDeaf(bothWays(pairs), true);
  }

  /** Undoes cut and deafen, both ways. */
  mend(...pairs: readonly (readonly [number, number])[]): void {
    this.#setDeaf(bothWays(pairs), false);
  }

  /** Cuts the hosts into groups that do not hear each other, and mends whatever was cut before. */
  partition(...groups: readonly (readonly number[])[]): void {
    const groupOf = (host: number): number => groups.findIndex((group) => group.includes(host));
    for (const host of this.hosts) {
      const others = this.hosts.filter((other) => groupOf(other) !== groupOf(host));
      this.#deafTo.set(host, new Set(others));
      this.#filter(host);
    }
  }

  heal(): void {
    this.partition(this.hosts);
  }

  #setDeaf(pairs: readonly (readonly [number, number])[], isDeaf: boolean): void {
    const changed = new Set<number>();
    for (const [listener, speaker] of pairs) {
      const known = this.#deafTo.get(listener) ?? new Set();
      if (isDeaf) known.add(speaker);
      else known.delete(speaker);
      this.#deafTo.set(listener, known);
      changed.add(listener);
    }
    for (const host of changed) this.#filter(host);
  }

  /** What the hosts may send, in kbit/s; undefined: as much as they like. */
  limit(kbitPerS: number | undefined, hosts = this.hosts): void {
    for (const host of hosts) {
      const limits = `rate ${kbitPerS}kbit burst 8kb latency 400ms`.split(' ');
      const [program, args] = this.on(host, 'tc', 'qdisc', ...qdisc(kbitPerS, limits));
      try {
        run(program, args);
      } catch (error) {
        // There was none to take away.
        if (kbitPerS !== undefined) throw error;
      }
    }
  }

  carried(): Map<number, Carried> {
    const shown = run('ip', ['-n', this.#bridge, '-j', '-s', 'link', 'show']);
    const links = JSON.parse(shown) as {
      ifname: string;
      stats64: { rx: { bytes: number }; tx: { bytes: number } };
    }[];
    return new Map(
      links.flatMap(({ ifname, stats64 }) => {
        const host = /^host(\d+)$/u.exec(ifname)?.[1];
        if (host === undefined) return [];
        // The bridge's end receives what the host sends.
        return [
          [Number(host), { sentBytes: stats64.rx.bytes, reachedBytes: stats64.tx.bytes }] as const,
        ];
      }),
    );
  }

  /** Takes everything away. Processes on the hosts must have ended, or they keep a host's network. */
  close(): void {
    for (const host of this.hosts) run('ip', ['netns', 'del', this.namespace(host)]);
    run('ip', ['netns', 'del', this.#bridge]);
  }
}

const qdisc = (kbitPerS: number | undefined, limits: string[]): string[] =>
  kbitPerS === undefined
    ? ['del', 'dev', 'eth0', 'root']
    : ['replace', 'dev', 'eth0', 'root', 'tbf', ...limits];

const bothWays = (pairs: readonly (readonly [number, number])[]): (readonly [number, number])[] =>
  pairs.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]);
