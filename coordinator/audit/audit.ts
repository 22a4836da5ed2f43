import { dirname } from 'node:path';

import { verifySignature } from '#protocols/gossip/signing.ts';
import { CHAIN_FILE, parseChain } from '#protocols/log/chain.ts';
import { MAX_FILE_BYTES, type Disk } from '#protocols/log/disk-port.ts';
import { openDisk } from '#protocols/log/disk.ts';
import { verifyFlight, type Verification } from '#protocols/log/verify.ts';
import type { FlightInfo } from '#protocols/log/segment-meta.ts';
import { findWitness, flightDirectories } from './directory.ts';
import { assignHeads, signedHeads } from './signed-heads.ts';

export interface FlightAudit extends Verification {
  directory: string;
}

/** What is known of all flights of a run, or of one flight, held against what drones signed. */
export interface Audit {
  /** The worst of the flights'; failed also when a signed head belongs to no flight. */
  status: Verification['status'];
  flights: FlightAudit[];
  /** Where the signed heads come from; null when there were none to hold the flights against. */
  witness: string | null;
  signedHeads: number;
  /** What is wrong with no flight in particular, one sentence each. */
  complaints: string[];
}

/**
 * Verifies every flight at or beneath `roots`, all of one run. Throws Fault 'log-not-found', or those
 * of {@link findWitness}.
 */
export const auditDirectories = async (roots: readonly string[]): Promise<Audit> => {
  const directories = [...new Set(roots.flatMap(flightDirectories))];
  const witness = findWitness(directories[0]!);
  const kept = witness && signedHeads(witness.envelopes, witness.roster, verifySignature);
  // A drone's other flights too, or one asked about alone would be given their heads.
  const beside = witness === undefined ? [] : flightDirectories(dirname(witness.file));
  const all = [...new Set([...directories, ...beside])];
  const named = await Promise.all(all.map((directory) => flightOf(openDisk(directory))));
  const asked = new Set(named.slice(0, directories.length).map((flight) => flight?.sysid));
  const heads = (kept?.heads ?? []).filter((head) => asked.has(head.sysid));
  const { ofFlight, orphans } = assignHeads(named, heads);
  const flights: FlightAudit[] = [];
  for (const [index, directory] of directories.entries()) {
    const verification = await verifyFlight(openDisk(directory), ofFlight[index]);
    flights.push({ directory, ...verification });
  }
  const complaints = complaintsOf(
    orphans.map(({ sysid }) => sysid),
    kept?.refused ?? 0,
  );
  return {
    status: complaints.length > 0 ? 'failed' : worst(flights.map(({ status }) => status)),
    flights,
    witness: witness?.file ?? null,
    signedHeads: heads.length,
    complaints,
  };
};

/** Undefined when the chain does not even name its flight: its verification says why. */
const flightOf = async (disk: Disk): Promise<FlightInfo | undefined> => {
  const files = await disk.list();
  if (!files.includes(CHAIN_FILE)) return undefined;
  const { links } = parseChain(await disk.read(CHAIN_FILE, MAX_FILE_BYTES));
  const first = links[0]?.link;
  return first?.kind === 'flight' ? first : undefined;
};

const complaintsOf = (orphanSysids: number[], refused: number): string[] => {
  const complaints = [...new Set(orphanSysids)].map((sysid) => {
    const count = orphanSysids.filter((one) => one === sysid).length;
    return `drone ${sysid} signed ${count} heads that belong to no flight here`;
  });
  if (refused > 0) complaints.push(`${refused} kept beacons are not signed by whom they name`);
  return complaints;
};

const SEVERITY = ['verified', 'truncated', 'failed'] as const;

const worst = (all: Verification['status'][]): Verification['status'] =>
  all.reduce((a, b) => (SEVERITY.indexOf(b) > SEVERITY.indexOf(a) ? b : a), 'verified');
