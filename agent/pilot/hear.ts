import { AdsbVehicle, CommandAck, ObstacleDistance } from 'mavlink-mappings/dist/lib/common.js';
import type { ChannelFrame } from '#protocols/channel/frame.ts';
import { MESSAGE_TYPE } from '#protocols/channel/message-type.ts';
import { decodeNeighbours } from '#protocols/channel/neighbours.ts';
import { decodeOrder } from '#protocols/channel/order.ts';
import { encodeRangeRing } from '#protocols/channel/range-ring.ts';
import { decode } from '#protocols/mavlink/codec.ts';
import type { Frame } from '#protocols/mavlink/framer.ts';
import type { AuthorityNews } from './act/authority.ts';
import { isHot } from './estimate/hot-messages.ts';
import { rangeRingFrom } from './estimate/range-ring.ts';
import { decodeLinkTroubles } from './troubles.ts';
import { takeLimits, type Pilot } from './pilot.ts';

/** Takes the autopilot's packets in; returns what the mind should hear of them at once. */
export const hearVehicle = (
  pilot: Pilot,
  packets: readonly Frame[],
  nowMs: number,
): ChannelFrame[] => {
  const answers: ChannelFrame[] = [];
  for (const packet of packets) {
    const hot = isHot(packet.msgid);
    const message = hot ? undefined : decode(packet);
    // The autopilot forwards what its transponder's receiver says, under that one's own id.
    if (message instanceof AdsbVehicle) pilot.traffic.hear(packet, message, nowMs);
    pilot.peers.observe(packet, message, nowMs);
    if (!pilot.tracker.observe(packet, message, nowMs)) continue;
    pilot.core.controls.hear(packet, message, nowMs);
    if (hot) pilot.telemetry.hear(packet, nowMs);
    if (message === undefined) continue;
    if (message instanceof CommandAck) pilot.core.controls.acknowledge(message, packet, nowMs);
    else if (message instanceof ObstacleDistance) {
      const ring = rangeRingFrom(message, pilot.telemetry.latest.yawRad, nowMs);
      if (ring !== undefined) {
        answers.push({ type: MESSAGE_TYPE.rangeRing, payload: encodeRangeRing(ring) });
      }
    } else pilot.telemetry.update(message, nowMs);
  }
  return answers;
};

/** Takes what mind and mesh say. Everything is hostile until its decoder has passed it. */
export const hearChannel = (pilot: Pilot, frames: readonly ChannelFrame[], nowMs: number): void => {
  for (const { type, payload } of frames) {
    if (type === MESSAGE_TYPE.order) hearOrder(pilot, payload, nowMs);
    else if (type === MESSAGE_TYPE.trajectory) {
      pilot.mindHeardMs = nowMs;
      pilot.refusal = pilot.follower.accept(payload, nowMs) ?? '';
    } else if (type === MESSAGE_TYPE.envelope) {
      obey(pilot, pilot.core.authority.receive(payload), nowMs);
    } else if (type === MESSAGE_TYPE.neighbours) hearNeighbours(pilot, payload, nowMs);
    else if (type === MESSAGE_TYPE.linkTroubles) pilot.linkTroubles = decodeLinkTroubles(payload);
  }
};

const hearOrder = (pilot: Pilot, payload: Uint8Array, nowMs: number): void => {
  const order = decodeOrder(payload);
  if (order === undefined) return;
  pilot.mindHeardMs = nowMs;
  const { memory } = pilot.core;
  // A mind that was restarted learns the number in force from the status and counts on from it.
  if (memory.order === null || order.number > memory.order.number) memory.order = order;
};

const hearNeighbours = (pilot: Pilot, payload: Uint8Array, nowMs: number): void => {
  const message = decodeNeighbours(payload);
  if (message === undefined) return;
  pilot.neighbours = message.neighbours.filter((one) => one.member !== pilot.sysid);
  const heardMs = Math.min(message.operatorHeardMs, nowMs);
  if (heardMs > pilot.operatorHeardMs) pilot.operatorHeardMs = heardMs;
};

const obey = (pilot: Pilot, news: AuthorityNews, nowMs: number): void => {
  const { core } = pilot;
  if (news.kind === 'refused' || news.kind === 'roster') return;
  // An operator has spoken, by whatever way it came.
  pilot.operatorHeardMs = nowMs;
  if (news.kind === 'overruled') return;
  if (news.kind === 'goal') {
    takeLimits(pilot);
    pilot.follower.forget();
    // One that was signed by who did not know of an abort gives nothing back.
    if (!core.authority.latched) core.released = true;
  } else if (news.directive === 'resume') core.released = true;
  else if (news.directive === 'kill') core.controls.kill();
  else core.directed = true;
};
