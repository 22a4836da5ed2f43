import { encodeInbox } from '#agent/mind/record/inbox.ts';
import type { MindInbox } from '#agent/mind/state.ts';
import { encodePilotStatus } from '#protocols/channel/pilot-status.ts';
import { encodeRangeRing } from '#protocols/channel/range-ring.ts';
import { encodeReceived } from '#protocols/channel/received-codec.ts';

/** The record of an inbox of which there are no frames: as they would have come. */
export const inboxBytes = ({ status, ring, received, ...rest }: MindInbox): Uint8Array =>
  encodeInbox({
    ...rest,
    status: status === null ? null : encodePilotStatus(status),
    ring: ring === null ? null : encodeRangeRing(ring),
    received: received.map((one) => encodeReceived(one)),
  });
