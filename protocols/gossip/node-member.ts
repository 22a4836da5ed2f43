import { Fault } from '../fault.ts';
import type { Random } from '../random.ts';
import { systemClock } from '../system-clock.ts';
import { resumeCounters } from './counters.ts';
import { publicKeyFromHex } from './identity.ts';
import { memberFiles, type MemberFiles } from './member-file.ts';
import { createMeshMember, type MeshMember } from './mesh-member.ts';
import { MeshSession, type SessionEvents } from './mesh-session.ts';
import { openNode } from './node.ts';
import { loadRoster } from './roster-file.ts';
import { checkRosterExpiry } from './signed-roster.ts';
import { loadSigningKey, verifySignature } from './signing.ts';
import { StateKeeper } from './state-keeper.ts';
import { restoreStoredState } from './stored-state.ts';

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
  /** The flight's boot epoch, if a supervisor counts them; undefined: every start is a boot. */
  bootEpoch: number | undefined;
  random: Random;
  events: SessionEvents;
  /** Counters or state could not be written; tried again. */
  onNotKept(error: unknown): void;
}

/** A member of the mesh in this process, over libp2p, with its keys, files and timers. */
export interface RunningMember {
  session: MeshSession;
  /** Runs the session, or `work` if given, which must tick the session itself. */
  everyTick(work?: () => void): void;
  addresses(): string[];
  close(): Promise<void>;
}

const TICK_MS = 50;

/**
 * Starts a member: reads keys, roster and state, and joins. Nothing ticks before everyTick. Throws the
 * faults of key and roster files, 'not-in-roster', 'wrong-key', 'roster-expired' and 'mesh-not-listening'.
 */
export const startMember = async (settings: MemberSettings): Promise<RunningMember> => {
  const { self, random, events } = settings;
  const files = memberFiles(settings.directory);
  const member = loadMember(settings, files);
  const session = new MeshSession(member, systemClock, random.fork('session'), events);
  const node = await openNode({
    key: loadSigningKey(settings.privateKeyFile),
    roster: member.admission.roster,
    listen: settings.listen,
    bootstrap: settings.bootstrap,
    mdns: settings.mdns,
    handlers: session,
    random: random.fork('dial'),
  }).catch((cause: unknown) => {
    throw new Fault('mesh-not-listening', `member ${self} cannot listen: ${String(cause)}`, {
      data: { member: self, listen: settings.listen.join(' ') },
      remedy: 'Free the port, or choose another in mesh.listen and in the roster.',
      exit: 'usage',
      cause,
    });
  });
  session.attach(node);
  const keeper = new StateKeeper(member, files, systemClock, settings.onNotKept);
  keeper.keep();
  let timer: NodeJS.Timeout | undefined;
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
      keeper.keepNow();
      await node.close();
    },
  };
};

const loadMember = (settings: MemberSettings, files: MemberFiles): MeshMember => {
  const { self } = settings;
  const key = loadSigningKey(settings.privateKeyFile);
  const authorityKey = publicKeyFromHex(settings.authorityPublicKeyHex);
  if (authorityKey === undefined) {
    throw new Fault('authority-key-invalid', 'the authority key is not 64 hex digits', {
      data: { authorityPublicKeyHex: settings.authorityPublicKeyHex },
      exit: 'usage',
    });
  }
  const { roster, bytes } = loadRoster(settings.rosterFile, authorityKey);
  const unixS = Number(systemClock.unixUs() / 1_000_000n);
  checkRosterExpiry(roster, unixS);
  const nowMs = systemClock.monotonicMs();
  const resumed = resumeCounters(files.readCounters(), settings.bootEpoch, unixS);
  const member = createMeshMember({
    self,
    sign: key.sign,
    verify: verifySignature,
    authorityKey,
    signedRoster: bytes,
    bootEpoch: resumed.bootEpoch,
    nowMs,
  });
  member.sequence = resumed.sequence;
  restoreStoredState(member, files.readState(), nowMs);
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
