/** One source file of the project; `path` is relative to its root, with forward slashes. */
export interface Source {
  path: string;
  text: string;
}

export interface Violation {
  path: string;
  rule: string;
  detail: string;
}

/** The tower, top first: a room imports only itself and rooms further down. */
const TOWER = ['coordinator', 'sim', 'agent', 'world', 'protocols'] as const;

/** Walls inside a room: files under `from` may not import files under any of `never`. */
const WALLS: { from: string; never: string[]; why: string }[] = [
  {
    from: 'agent/pilot/',
    never: ['agent/mind/', 'world/'],
    why: 'the pilot trusts estimates and protocols only',
  },
  {
    from: 'agent/pilot/estimate/',
    never: ['agent/pilot/guard/', 'agent/pilot/act/'],
    why: 'estimate → guard → act',
  },
  { from: 'agent/pilot/guard/', never: ['agent/pilot/act/'], why: 'estimate → guard → act' },
  {
    from: 'sim/checker/',
    never: ['agent/', 'sim/episode/'],
    why: 'a judge computes by itself, or it shares the errors of whom it judges',
  },
];

/** Modules that reach outside, and the files that may: a door does nothing else. */
const DOORS: { modules: RegExp; files: RegExp; instead: string }[] = [
  {
    modules: /^(node:)?(dgram|net|tls|http|https|http2)$/u,
    files:
      /(^|\/)(udp|udp-hub|udp-multicast|tcp|socket|payload-socket|server|station-socket|directory-lock)\.ts$/u,
    instead: 'the socket doors (protocols/mavlink/udp.ts, protocols/channel/socket.ts)',
  },
  {
    modules: /^(node:)?fs(\/promises)?$/u,
    files:
      /(^|\/)(main|disk|[a-z-]+-files?|server|start-[a-z-]+|load|signing|cli|[a-z-]*directory|directory-lock|udp|socket|payload-socket)\.ts$/u,
    instead: 'a disk door (protocols/log/disk.ts, a *-file.ts) handed in',
  },
  {
    modules: /^(node:)?(child_process|worker_threads|cluster)$/u,
    files: /(^|\/)(main|worker|start-[a-z-]+|run-drill|process|processes)\.ts$/u,
    instead: 'a main.ts or a start-*.ts door',
  },
  {
    modules: /^serialport$/u,
    files: /^protocols\/mavlink\/serial\.ts$/u,
    instead: 'protocols/mavlink/serial.ts',
  },
  {
    modules: /^onnxruntime-node$/u,
    files: /^world\/session\.ts$/u,
    instead: 'world/session.ts',
  },
  {
    modules: /^(libp2p|@libp2p\/(?!interface$)|@chainsafe\/libp2p)/u,
    files: /^protocols\/gossip\/(node|peer|node-[a-z-]+)\.ts$/u,
    instead: 'protocols/gossip/node.ts',
  },
  {
    modules: /^(node:)?crypto$/u,
    files: /(^|\/)(signing|sealing|digest|directory-lock|main)\.ts$/u,
    instead: 'protocols/gossip/signing.ts or sealing.ts, or a hash handed in',
  },
];

const CLOCKS =
  /(?<![.\w])(Date\.now|new Date\(\)|Math\.random|performance\.now|process\.hrtime|setTimeout\(|setInterval\(|setImmediate\()/u;

/** Files that may touch the clock or randomness: processes' mains and doors that wait. */
const CLOCK_FILES =
  /(^|\/)(main|system-clock|timer|socket|payload-socket|udp|udp-multicast|tcp|serial|node|node-[a-z-]+|worker|start-[a-z-]+|run-drill|process|processes|server|map-server|usage-meter|cli)\.ts$|^coordinator\/(commands|map\/page)\//u;

/** The switch that takes a node's defences away: for tests to hand in, which lie outside of the tower. */
const UNDEFENDED = /\bundefended\b|\bUndefended\b/u;
const UNDEFENDED_FILES = /^protocols\/gossip\/(node|node-[a-z-]+)\.ts$/u;

const MAX_LINES = 300;

const DRAWERS = /(^|\/)(utils?|helpers?|common|misc|shared|index)(\/|\.ts$)/u;

/** Specifiers of static, type-only, re-exporting and dynamic imports. */
export const importsOf = (text: string): string[] => {
  const bare = text.replaceAll(/\/\*[\s\S]*?\*\//gu, '').replaceAll(/^\s*\/\/.*$/gmu, '');
  const found: string[] = [];
  const patterns = [
    /\b(?:import|export)\s[^;'"`]*?\bfrom\s*['"]([^'"]+)['"]/gu,
    /\bimport\s*['"]([^'"]+)['"]/gu,
    /\b(?:import|require)\s*\(\s*['"`]([^'"`]+)['"`]/gu,
  ];
  for (const pattern of patterns) {
    for (const match of bare.matchAll(pattern)) found.push(match[1]!);
  }
  return found;
};

const roomOf = (path: string): string => path.split('/')[0]!;

/** The project path that a specifier means, or undefined for a package. */
export const targetOf = (path: string, specifier: string): string | undefined => {
  if (specifier.startsWith('#')) return specifier.slice(1);
  if (!specifier.startsWith('.')) return undefined;
  const parts = path.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
};

const importViolations = (source: Source): Violation[] => {
  const room = roomOf(source.path);
  const height = TOWER.indexOf(room as (typeof TOWER)[number]);
  const found: Violation[] = [];
  for (const specifier of importsOf(source.text)) {
    const target = targetOf(source.path, specifier);
    if (target === undefined) {
      if (/^(node:)?crypto$/u.test(specifier) && HASH_ONLY.test(source.text)) continue;
      found.push(...doorViolations(source.path, specifier));
      continue;
    }
    const targetRoom = roomOf(target);
    const targetHeight = TOWER.indexOf(targetRoom as (typeof TOWER)[number]);
    if (height >= 0 && targetHeight < height) {
      const detail = `${room} may not import ${specifier}: ${TOWER.slice(height).join(', ')} only`;
      found.push({ path: source.path, rule: 'tower', detail });
    }
    if (height >= 0 && targetRoom !== room && !specifier.startsWith('#')) {
      const detail = `${specifier} crosses rooms: write #${target}`;
      found.push({ path: source.path, rule: 'cross-room', detail });
    }
    for (const wall of WALLS) {
      if (source.path.startsWith(wall.from) && wall.never.some((one) => target.startsWith(one))) {
        found.push({ path: source.path, rule: 'wall', detail: `${specifier}: ${wall.why}` });
      }
    }
  }
  return found;
};

/** Hashing is a pure function; keys and randomness are what the door is for. */
const HASH_ONLY =
  /^import (?:type )?\{\s*(?:(?:type )?(?:createHash|Hash)\b,?\s*)+\} from '(?:node:)?crypto';$/mu;

const doorViolations = (path: string, specifier: string): Violation[] => {
  if (!TOWER.includes(roomOf(path) as (typeof TOWER)[number])) return [];
  return DOORS.filter((door) => door.modules.test(specifier) && !door.files.test(path)).map(
    (door) => ({ path, rule: 'door', detail: `${specifier} is for ${door.instead}` }),
  );
};

const textViolations = (source: Source): Violation[] => {
  const found: Violation[] = [];
  const lines = source.text.split('\n');
  const report = (rule: string, detail: string): void => {
    found.push({ path: source.path, rule, detail });
  };
  if (lines.length - 1 > MAX_LINES) report('length', `${lines.length - 1} lines, at most 300`);
  if (DRAWERS.test(source.path)) report('drawer', 'name the file after the one thing it does');
  if (!TOWER.includes(roomOf(source.path) as (typeof TOWER)[number])) return found;
  if (UNDEFENDED.test(source.text) && !UNDEFENDED_FILES.test(source.path)) {
    report('undefended', 'a node keeps its defences: only a test takes them away');
  }
  if (!CLOCK_FILES.test(source.path)) {
    for (const [index, line] of lines.entries()) {
      const clock = /^\s*(\*|\/\/|\/\*)/u.test(line) ? null : CLOCKS.exec(line);
      if (clock !== null) {
        report('clock', `line ${index + 1}: ${clock[1]}: have time and randomness handed in`);
      }
    }
  }
  if (/^export \* from|^export \{[^}]*\} from/mu.test(source.text)) {
    report('barrel', 're-exports hide where a thing lives: import it from its file');
  }
  return found;
};

/** Everything in `sources` that breaks the house rules. Pure, so that planted faults can prove it. */
export const violationsOf = (sources: readonly Source[]): Violation[] =>
  sources.flatMap((source) => [...importViolations(source), ...textViolations(source)]);
