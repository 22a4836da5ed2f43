import { join } from 'node:path';

import { Fault } from '../fault.ts';
import type { Random } from '../random.ts';
import { systemClock } from '../system-clock.ts';
import type { Clock } from '../time.ts';
import { resumeCounters } from './counters.ts';
import { openGroupKey } from './group-key.ts';
import { publicKeyFromHex } from './identity.ts';
import { memberFiles, type MemberFiles } from './member-file.ts';
import { createMeshMember, type MeshMember } from './mesh-member.ts';
import { note } from './mesh-receive.ts';
import { MeshSession, type SessionEvents } from './mesh-session.ts';
import type { Undefended } from './node-defences.ts';
import { openLanes } from './node-lanes.ts';
import { PieceExchange } from './piece-exchange.ts';
import { pieceFiles } from './piece-files.ts';
import { readRoster } from './roster-file.ts';
import type { Release } from './release.ts';
import { checkRosterExpiry } from './signed-roster.ts';
import { loadSigningKey, verifySignature } from './signing.ts';
import { startingTrust } from './starting-trust.ts';
import { StateKeeper } from './state-keeper.ts';
import { restoreStoredState, storedTrust } from './stored-state.ts';
import type { MulticastSettings } from './udp-multicast.ts';

export interface MemberSettings {
  /** Member id: a drone's sysid, or the station's. */
  self: number;
  /** Where the member keeps its counters and its durable state. */
  directory: string;
  privateKeyFile: string;
  rosterFile: string;
  authorityPublicKeyHex: string;
  listen: readonly string[];
  bootstrap: readonly string[];
  mdns: boolean;
  /** Left out: no fast lane. */
  multicast?: MulticastSettings | undefined;
  /** The flight's boot epoch, if a supervisor counts them; undefined: every start is a boot. */
  bootEpoch: number | undefined;
  random: Random;
  events: MemberEvents;
  /** Counters or state could not be written; tried again. */
  onNotKept(error: unknown): void;
  undefended?: Undefended | undefined;
  /** Default: the system's. */
  clock?: Clock;
}

/** What a running member tells its owner. */
export interface MemberEvents extends SessionEvents {
  /** The content of a release is there whole, in the member's directory as contents/`name`; once a start. */
  onContent?(release: Release, name: string): void;
}

/** A member of the mesh in this process, over libp2p, with its keys, files and timers. */
export interface RunningMember {
  session: MeshSession;
  /** Runs the session, or `work` if given, which must tick the session itself. */
  everyTick(work?: () => void): void;
  addresses(): string[];
  close(): Promise<void>;
}

/** A promise that waits for its tick is so much older when it is heard. */
const TICK_MS = 20;
const RELAY_MS = 10;

/**
 * Starts a member: reads keys, roster and state, and joins. Nothing ticks before everyTick. Throws the
 * faults of key and roster files, 'not-in-roster', 'wrong-key', 'roster-expired' and 'mesh-not-listening'.
 */
export const startMember = async (settings: MemberSettings): Promise<RunningMember> => {
  const { self, random, events, clock = systemClock } = settings;
  const files = memberFiles(settings.directory);
  const member = loadMember(settings, files);
  const session = new MeshSession(member, clock, random.fork('session'), events);
  const node = await openLanes({
    key: loadSigningKey(settings.privateKeyFile),
    roster: member.admission.roster,
    listen: settings.listen,
    bootstrap: settings.bootstrap,
    mdns: settings.mdns,
    multicast: settings.multicast,
    handlers: session,
    random: random.fork('dial'),
    undefended: settings.undefended,
  }).catch((cause: unknown) => {
    throw new Fault('mesh-not-listening', `member ${self} cannot listen: ${String(cause)}`, {
      data: { member: self, listen: settings.listen.join(' ') },
      remedy: 'Free the port, or choose another in mesh.listen and in the roster.',
      exit: 'usage',
      cause,
    });
  });
  const pieces = new PieceExchange(
    pieceFiles(join(settings.directory, 'contents')),
    random.fork('pieces'),
    {
      onWhole: (release, name) => events.onContent?.(release, name),
      onFalse: (from) => note(member, from, 'piece-false'),
      onNotKept: settings.onNotKept,
    },
  );
  session.exchange(pieces);
  session.attach(node);
  const keeper = new StateKeeper(member, files, clock, settings.onNotKept);
  keeper.keep();
  let timer: NodeJS.Timeout | undefined;
  const relaying = setInterval(() => session.relay(), RELAY_MS);
  return {
    session,
    everyTick: (work = () => session.tick()) => {
      clearInterval(timer);
      timer = setInterval(() => {
        work();
        keeper.keep();
      }, TICK_MS);
    },
    addresses: () => node.addresses(),
    close: async () => {
      clearInterval(timer);
      clearInterval(relaying);
      keeper.keepNow();
      await node.close();
    },
  };
};

const loadMember = (settings: MemberSettings, files: MemberFiles): MeshMember => {
  const { self, clock = systemClock } = settings;
  const key = loadSigningKey(settings.privateKeyFile);
  const rootKey = publicKeyFromHex(settings.authorityPublicKeyHex);
  if (rootKey === undefined) {
    throw new Fault('authority-key-invalid', 'the authority key is not 64 hex digits', {
      data: { authorityPublicKeyHex: settings.authorityPublicKeyHex },
      exit: 'usage',
    });
  }
  const state = files.readState();
  const { roster, signedRoster, authorityKey } = startingTrust(
    rootKey,
    readRoster(settings.rosterFile),
    storedTrust(state, rootKey),
    verifySignature,
  );
  const unixS = Number(clock.unixUs() / 1_000_000n);
  checkRosterExpiry(roster, unixS);
  const nowMs = clock.monotonicMs();
  const resumed = resumeCounters(files.readCounters(), settings.bootEpoch, unixS);
  const member = createMeshMember({
    self,
    sign: key.sign,
    verify: verifySignature,
    authorityKey,
    rootKey,
    signedRoster,
    bootEpoch: resumed.bootEpoch,
    nowMs,
    groupKeyOf: (one, signer) => openGroupKey(one, self, key.seed, signer),
  });
  member.sequence = resumed.sequence;
  restoreStoredState(member, state, nowMs);
  const enrolled = member.admission.members.get(self)?.publicKey;
  if (enrolled?.join() !== key.publicKey.join()) {
    throw new Fault('wrong-key', `the private key is not the one of member ${self}`, {
      data: { member: self, privateKeyFile: settings.privateKeyFile },
      remedy: 'Use the key that was enrolled, or enrol this one.',
      exit: 'refused',
    });
  }
  return member;
};
