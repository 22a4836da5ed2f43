import { SetupSigning } from 'mavlink-mappings/dist/lib/common.js';
import { Heartbeat } from 'mavlink-mappings/dist/lib/minimal.js';
import { EXIT, Fault } from '#protocols/fault.ts';
import type { SecuredLink } from '#protocols/mavlink/secured-link.ts';
import { readSigningKey } from '#protocols/mavlink/signing-file.ts';
import { signingTimestamp } from '#protocols/mavlink/signing.ts';
import type { VehicleSession } from '#protocols/mavlink/vehicle-session.ts';
import { systemClock } from '#protocols/system-clock.ts';
import type { Context } from './context.ts';
import { refuseWhileArmed, signedBy } from './vehicle-link.ts';

/** Three heartbeats: the vehicle has changed its ways by then, or does not. */
const CHANGE_MS = 3500;

const NO_KEY = new Uint8Array(32);

/** SETUP_SIGNING has no answer, and its order is lost as easily as any packet. */
const SENDS = 2;

/**
 * Gives the vehicle a signing key, and believes it only once the vehicle signs with it. Throws the Faults
 * of the key file, `vehicle-armed` and `signing-not-taken` (exit refused).
 */
export const runSigningEnable = async (
  context: Context,
  session: VehicleSession,
  link: SecuredLink,
  keyFile: string,
): Promise<number> => {
  const key = readSigningKey(keyFile);
  refuseWhileArmed(session, 'a new signing key');
  setUp(session, key, BigInt(signingTimestamp(systemClock.unixUs())));
  link.demand(signedBy(keyFile));
  const signed = await session.next(Heartbeat, CHANGE_MS);
  if (signed === undefined) {
    throw new Fault(
      'signing-not-taken',
      `vehicle ${session.vehicle.sysid} does not sign with the new key`,
      {
        exit: 'refused',
        data: { sysid: session.vehicle.sysid, refused: link.refused.unsigned },
        remedy:
          'PX4 signs from v1.17 on. If it has a key already, add --signing-key with the file of that one.',
      },
    );
  }
  context.output.data(
    { sysid: session.vehicle.sysid, signing: true },
    () =>
      `vehicle ${session.vehicle.sysid} signs, and wants its commands signed. Whoever speaks to it needs ${keyFile}; ` +
      'without it only the memory card can be wiped.',
  );
  return EXIT.ok;
};

/** Takes the key away again; the link must be signed with it. Throws as {@link runSigningEnable}. */
export const runSigningDisable = async (
  context: Context,
  session: VehicleSession,
  link: SecuredLink,
): Promise<number> => {
  refuseWhileArmed(session, 'an end of signing');
  const { sysid } = session.vehicle;
  setUp(session, NO_KEY, 0n);
  // The link still wants signatures: unsigned packets are refused, and show the change.
  const endMs = session.nowMs + CHANGE_MS;
  while (link.signs(sysid) === true && session.nowMs < endMs) await session.next(Heartbeat, 200);
  if (link.signs(sysid) === true) {
    throw new Fault('signing-not-taken', `vehicle ${session.vehicle.sysid} still signs`, {
      exit: 'refused',
      data: { sysid: session.vehicle.sysid },
      remedy: 'Name the key that it has with --signing-key.',
    });
  }
  context.output.data(
    { sysid: session.vehicle.sysid, signing: false },
    () => `vehicle ${session.vehicle.sysid} no longer signs`,
  );
  return EXIT.ok;
};

const setUp = (session: VehicleSession, key: Uint8Array, initialTimestamp: bigint): void => {
  const message = new SetupSigning();
  message.targetSystem = session.vehicle.sysid;
  message.targetComponent = session.vehicle.compid;
  message.secretKey = [...key];
  message.initialTimestamp = initialTimestamp;
  for (let sent = 0; sent < SENDS; sent += 1) session.send(message);
};
