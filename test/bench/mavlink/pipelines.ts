import { REGISTRY as COMMON } from 'mavlink-mappings/dist/lib/common.js';
import { REGISTRY as MINIMAL } from 'mavlink-mappings/dist/lib/minimal.js';
import { REGISTRY as STANDARD } from 'mavlink-mappings/dist/lib/standard.js';
import type { MavLinkData, MavLinkDataConstructor } from 'mavlink-mappings/dist/lib/mavlink.js';
import { MavLinkPacketParser, MavLinkPacketSplitter, type MavLinkPacket } from 'node-mavlink';
import { decode } from '#protocols/mavlink/codec.ts';
import {
  fieldPlan,
  MAX_FIELD_NUMBERS,
  readFields,
  type FieldPlan,
} from '#protocols/mavlink/field-plan.ts';
import { Framer } from '#protocols/mavlink/framer.ts';
import { hexOf } from '../../fuzz/mavlink/recovery.ts';

/** Packets share datagrams, up to what fits an Ethernet frame. */
const DATAGRAM_BYTES = 1400;

/** Of every message of the dialects, hot or not. */
const PLANS: ReadonlyMap<number, FieldPlan> = new Map(
  [MINIMAL, STANDARD, COMMON]
    .flatMap((registry) => Object.values<MavLinkDataConstructor<MavLinkData>>(registry))
    .map((definition) => [definition.MSG_ID, fieldPlan(definition)]),
);

/** Cuts bytes into pieces as a socket hands them over. */
export const datagramsOf = (bytes: Uint8Array): Uint8Array[] => {
  const datagrams: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += DATAGRAM_BYTES) {
    datagrams.push(bytes.subarray(at, at + DATAGRAM_BYTES));
  }
  return datagrams;
};

/** Frames found, checked and decoded to a class each. */
export const classPipeline = (datagrams: readonly Uint8Array[]): number => {
  const framer = new Framer();
  let count = 0;
  for (const datagram of datagrams) {
    framer.push(datagram);
    for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
      if (decode(frame) !== undefined) count += 1;
    }
  }
  return count;
};

/** Frames found and checked; of every message all fields are read, and no object is built. */
export const fieldPipeline = (datagrams: readonly Uint8Array[]): number => {
  const framer = new Framer();
  const values = new Float64Array(MAX_FIELD_NUMBERS);
  let count = 0;
  for (const datagram of datagrams) {
    framer.push(datagram);
    for (let view = framer.nextView(); view !== undefined; view = framer.nextView()) {
      const plan = PLANS.get(view.msgid);
      if (plan === undefined) continue;
      readFields(view, plan, values);
      count += 1;
    }
  }
  return count;
};

/** node-mavlink's own splitter and parser, as its documentation wires them, and its classes. */
export const nodeMavlinkPipeline = async (datagrams: readonly Uint8Array[]): Promise<number> => {
  const registry = { ...MINIMAL, ...STANDARD, ...COMMON } as Record<
    number,
    MavLinkDataConstructor<MavLinkData>
  >;
  const splitter = new MavLinkPacketSplitter();
  const parser = new MavLinkPacketParser();
  splitter.pipe(parser);
  let count = 0;
  parser.on('data', (packet: MavLinkPacket) => {
    const definition = registry[packet.header.msgid];
    if (definition === undefined) return;
    packet.protocol.data(packet.payload, definition);
    count += 1;
  });
  for (const datagram of datagrams) {
    if (!splitter.write(datagram)) await new Promise((resolve) => splitter.once('drain', resolve));
  }
  splitter.end();
  await new Promise((resolve) => parser.once('end', resolve));
  return count;
};

/** Packets that our framer finds on a serial line, in hex. */
export const framesFound = (bytes: Uint8Array): string[] => {
  const framer = new Framer();
  const found: string[] = [];
  for (const piece of datagramsOf(bytes)) {
    framer.push(piece);
    for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
      found.push(hexOf(frame.bytes));
    }
  }
  return found;
};

/** Packets that node-mavlink's splitter finds on the same line, in hex. */
export const splitterFound = async (bytes: Uint8Array): Promise<string[]> => {
  const splitter = new MavLinkPacketSplitter();
  const found: string[] = [];
  splitter.on('data', ({ buffer }: { buffer: Buffer }) => found.push(hexOf(buffer)));
  for (const piece of datagramsOf(bytes)) splitter.write(piece);
  splitter.end();
  await new Promise((resolve) => splitter.once('end', resolve));
  return found;
};
