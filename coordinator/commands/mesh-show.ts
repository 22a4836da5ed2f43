import { EXIT } from '#protocols/fault.ts';
import type { MeshReport, PeerReport } from '#protocols/gossip/mesh-report.ts';
import type { Context } from './context.ts';

/** `skein mesh show`: the mesh as the station's member sees it. */
export const runMeshShow = async (context: Context): Promise<number> => {
  const report = (await context.station.call('GET', '/mesh')) as MeshReport;
  context.output.data(report, () => meshText(context, report));
  return EXIT.ok;
};

const kiloBytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

const meshText = (context: Context, report: MeshReport): string => {
  const count = (path: PeerReport['path']): number =>
    report.peers.filter((peer) => peer.path === path).length;
  const head =
    `${report.swarm}, seen by member ${report.member}: ${count('direct')} direct, ${count('relayed')} relayed, ` +
    `${count('silent')} silent; roster of epoch ${report.rosterEpoch}, authority ${report.authority}\n` +
    `over all links ${kiloBytes(report.bytesIn)} in, ${kiloBytes(report.bytesOut)} out; ` +
    `${report.messagesIn} messages taken, ${report.messagesRefused} refused\n${laneText(report.fastLane)}`;
  const refusals = [
    ...report.peers.map((peer) => ({ who: `${peer.member} ${peer.name}`, ...peer })),
    ...report.strangers,
  ].filter(({ refused }) => refused > 0);
  return [
    head,
    context.output.table(
      ['member', 'role', 'path', 'heard', 'loss', 'frames', 'said', 'rate', 'roster'],
      report.peers.map(rowOf),
    ),
    ...report.contents.map(
      (one) => `${one.name} version ${one.version}: ${one.present} of ${one.pieces} pieces here`,
    ),
    ...refusals.map((one) => `${one.who}: ${one.refused} refused, last: ${one.lastRefusal}`),
  ].join('\n');
};

const laneText = (lane: MeshReport['fastLane']): string =>
  lane.isOpen
    ? `fast lane: ${lane.framesIn} frames in, ${lane.framesOut} out, ${lane.relayed} said again for others; ` +
      `at most one each ${lane.paceMs} ms`
    : `no fast lane, gossip carries everything: ${lane.why}`;

const rowOf = (peer: PeerReport): string[] => [
  `${peer.member} ${peer.name}`,
  peer.role,
  peer.transport === '' ? peer.path : `${peer.path} ${peer.transport}`,
  peer.ageMs === null ? 'never' : `${(peer.ageMs / 1000).toFixed(1)} s`,
  peer.loss === null ? '–' : `${(100 * peer.loss).toFixed(1)} %`,
  peer.hears ?? '–',
  kiloBytes(peer.bytes),
  `${kiloBytes(peer.bytesPerS)}/s`,
  peer.rosterEpoch === null ? '–' : String(peer.rosterEpoch),
];
