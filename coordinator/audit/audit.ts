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
 * Verifies every flight at or beneath `root`. Throws Fault 'log-not-found', or those of
 * {@link findWitness}.
 */
export const auditDirectory = async (root: string): Promise<Audit> => {
  const directories = flightDirectories(root);
  const witness = findWitness(root);
  const kept = witness && signedHeads(witness.envelopes, witness.roster, verifySignature);
  const disks = directories.map((directory) => openDisk(directory));
  const named = await Promise.all(disks.map(flightOf));
  const asked = new Set(named.map((flight) => flight?.sysid));
  // Of one flight alone nothing is known of its drone's others: only heads of the drones asked for.
  const heads = (kept?.heads ?? []).filter((head) => asked.has(head.sysid));
  const { ofFlight, orphans } = assignHeads(named, heads);
  const flights: FlightAudit[] = [];
  for (const [index, disk] of disks.entries()) {
    const verification = await verifyFlight(disk, ofFlight[index]);
    flights.push({ directory: directories[index]!, ...verification });
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
