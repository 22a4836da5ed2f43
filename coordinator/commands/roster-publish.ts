import { setTimeout as sleep } from 'node:timers/promises';

import { EXIT, Fault } from '#protocols/fault.ts';
import type { MeshReport, PeerReport } from '#protocols/gossip/mesh-report.ts';
import { systemClock } from '#protocols/system-clock.ts';
import type { SwarmView } from '../station/view.ts';
import { changeAuthority, openAuthority } from '../roster/authority-directory.ts';
import { memberNamed, revokeMembers } from '../roster/ledger.ts';
import type { Context } from './context.ts';
import { epochText, summaryOf } from './roster.ts';
import { readRosterBytes } from './roster-bytes-file.ts';

const POLL_MS = 100;

interface PublishOptions {
  timeoutS: number;
  /** The station may shut itself out. */
  leave: boolean;
}

/** Whether a member goes by the new roster; silent: not heard, it gets the roster when it is back. */
type Adoption = 'adopted' | 'not yet' | 'silent' | 'listens only';

/** `skein roster publish`: a signed roster into the mesh. Exit partial: a reachable member has not adopted it. */
export const runRosterPublish = async (
  context: Context,
  options: PublishOptions & { directory: string; rosterFile?: string | undefined },
): Promise<number> => {
  const bytes =
    options.rosterFile === undefined
      ? openAuthority(options.directory).signedRoster
      : readRosterBytes(options.rosterFile);
  return publish(context, bytes, options);
};

interface RevokeOptions extends PublishOptions {
  directory: string;
  members: string[];
  publish: boolean;
  inFlight: boolean;
}

/**
 * `skein roster revoke`: signs a roster without these members and brings it to the swarm. Throws Fault
 * 'not-in-roster', and 'in-flight' (exit refused) before anything is signed when one of them is armed.
 */
export const runRosterRevoke = async (
  context: Context,
  options: RevokeOptions,
): Promise<number> => {
  const { ledger: before } = openAuthority(options.directory);
  const ids = options.members.map((text) => memberNamed(before, text));
  // Names that nobody has are found out before anybody is asked.
  revokeMembers(before, ids);
  if (options.publish && !options.inFlight) await refuseInFlight(context, ids);
  const authority = await changeAuthority(options.directory, ({ ledger }) =>
    revokeMembers(ledger, ids),
  );
  const isSame = authority.ledger.roster.epoch === before.roster.epoch;
  if (!options.publish || isSame) {
    context.output.data(summaryOf(authority), () =>
      isSame ? 'their tokens are cancelled; nobody is in the roster by them' : epochText(authority),
    );
    return EXIT.ok;
  }
  try {
    return await publish(context, authority.signedRoster, options);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    // It is signed: what is missing is its way into the swarm.
    throw new Fault(
      error.code,
      `revoked in ${authority.rosterFile}, not published: ${error.message}`,
      {
        data: { ...error.data, epoch: authority.ledger.roster.epoch },
        remedy: `Until it is, the swarm still believes them. ${error.remedy ?? ''} Then: skein roster publish.`,
        exit: error.exit,
        cause: error,
      },
    );
  }
};

/** Who is out of the roster hears no order any more, not even an abort. */
const refuseInFlight = async (context: Context, ids: readonly number[]): Promise<void> => {
  const view = await context.station.call('GET', '/state').catch((error: unknown) => {
    // Nobody knows then; a stolen key is out of the roster all the same, and publishing says the rest.
    if (error instanceof Fault && error.exit === 'noLink') return { drones: [] };
    throw error;
  });
  const { drones } = view as Pick<SwarmView, 'drones'>;
  const flying = drones.filter(({ sysid, armed }) => armed && ids.includes(sysid));
  if (flying.length === 0) return;
  const names = flying.map(({ sysid, name }) => `${sysid} ${name}`).join(', ');
  throw new Fault(
    'in-flight',
    `${names} is armed: once revoked it hears no order of yours any more`,
    {
      data: { members: flying.map(({ sysid }) => sysid).join(',') },
      remedy:
        'Bring it home first, or repeat with --in-flight: it then follows its lost-link policy.',
      exit: 'refused',
    },
  );
};

const publish = async (
  context: Context,
  signedRoster: Uint8Array,
  options: PublishOptions,
): Promise<number> => {
  const roster = Buffer.from(signedRoster).toString('base64');
  const startedMs = systemClock.monotonicMs();
  const { epoch } = (await context.station.call('POST', '/roster', {
    roster,
    leave: options.leave,
  })) as { epoch: number };
  let adoptions: Adopted[] = [];
  let afterMs = 0;
  for (;;) {
    const report = (await context.station.call('GET', '/mesh')) as MeshReport;
    afterMs = Math.round(systemClock.monotonicMs() - startedMs);
    adoptions = report.peers.map((peer) => adoptionOf(peer, epoch));
    const isDone = adoptions.every(({ adoption }) => adoption !== 'not yet');
    if (isDone || afterMs > options.timeoutS * 1000) break;
    await sleep(POLL_MS);
  }
  const count = (what: Adoption): number =>
    adoptions.filter(({ adoption }) => adoption === what).length;
  const missing = count('not yet');
  const reachable = count('adopted') + missing;
  context.output.data(
    { epoch, afterMs, reachable, adopted: count('adopted'), members: adoptions },
    () =>
      `epoch ${epoch}: adopted by ${count('adopted')} of ${reachable} reachable members after ${afterMs} ms` +
      `${count('silent') > 0 ? `; ${count('silent')} silent, told when they are heard again` : ''}\n` +
      context.output.table(
        ['member', 'roster', 'goes by epoch'],
        adoptions.map((one) => [
          `${one.member} ${one.name}`,
          one.adoption,
          one.rosterEpoch === null ? '–' : String(one.rosterEpoch),
        ]),
      ),
  );
  return missing === 0 ? EXIT.ok : EXIT.partial;
};

interface Adopted {
  member: number;
  name: string;
  adoption: Adoption;
  rosterEpoch: number | null;
}

const adoptionOf = (peer: PeerReport, epoch: number): Adopted => {
  const { member, name, role, rosterEpoch, path } = peer;
  const adoption = (): Adoption => {
    if (role === 'observer') return 'listens only';
    if (rosterEpoch !== null && rosterEpoch >= epoch) return 'adopted';
    return path === 'silent' ? 'silent' : 'not yet';
  };
  return { member, name, adoption: adoption(), rosterEpoch };
};
