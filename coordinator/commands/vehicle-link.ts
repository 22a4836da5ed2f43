import { Fault } from '#protocols/fault.ts';
import { parseConnectionString, type LinkAddress } from '#protocols/mavlink/connection-string.ts';
import { diagnoseLink, type LinkFinding } from '#protocols/mavlink/link-diagnosis.ts';
import type { VehicleLink } from '#protocols/mavlink/link.ts';
import { ObservedLink } from '#protocols/mavlink/observed-link.ts';
import { openVehicleLink } from '#protocols/mavlink/open-link.ts';
import { SecuredLink, type LinkSecurity } from '#protocols/mavlink/secured-link.ts';
import { readSigningKey } from '#protocols/mavlink/signing-file.ts';
import { Signing } from '#protocols/mavlink/signing.ts';
import { startVehicleSession } from '#protocols/mavlink/start-vehicle-session.ts';
import type { VehicleSession } from '#protocols/mavlink/vehicle-session.ts';
import { systemClock } from '#protocols/system-clock.ts';
import { wholeNumber } from './context.ts';

/** Options of every command that speaks to one vehicle. */
export interface LinkFlags {
  link: string;
  /** One or several, with commas. */
  sysid?: string;
  /** Every vehicle that the link has. */
  all?: boolean;
  timeout: string;
  /** File with the vehicle's signing key; undefined for an unsigned link. */
  signingKey?: string;
}

/** Tells a tool's packets from those of other senders with the same ids. */
const LINK_ID = 2;

const UNSECURED: LinkSecurity = { allow: {}, policy: 'off' };

/** Opens the link, finds the vehicle, does something with it, and closes the link whatever happens. */
export const withVehicle = <T>(
  flags: LinkFlags,
  action: (session: VehicleSession) => Promise<T>,
): Promise<T> => withSecuredVehicle(flags, (session) => action(session));

/** As {@link withVehicle}, with the link as well, to change what it asks of signatures, and what is wrong with it. */
export const withSecuredVehicle = async <T>(
  flags: LinkFlags,
  action: (session: VehicleSession, link: SecuredLink, diagnose: () => LinkFinding[]) => Promise<T>,
): Promise<T> => {
  const address = parseConnectionString(flags.link, '--link');
  const sysid = flags.sysid === undefined ? undefined : wholeNumber(flags.sysid, '--sysid');
  const open = await openVehicleLink(address, {
    sysid,
    setting: '--link, or stop the agent that holds it',
  });
  const shared = address.kind === 'udpin' && address.remote === undefined;
  return onOpenLink({ open, address, sysid, shared }, flags, action);
};

/** A link just opened. */
interface OpenedLink {
  open: VehicleLink;
  address: LinkAddress;
  sysid: number | undefined;
  /** Others may send to it too. */
  shared: boolean;
}

/** As {@link withSecuredVehicle}, over a link that is open already and is closed in the end. */
export const onOpenLink = async <T>(
  { open, address, sysid, shared }: OpenedLink,
  flags: Pick<LinkFlags, 'timeout' | 'signingKey'>,
  action: (session: VehicleSession, link: SecuredLink, diagnose: () => LinkFinding[]) => Promise<T>,
): Promise<T> => {
  const timeoutMs = wholeNumber(flags.timeout, '--timeout') * 1000;
  const security = flags.signingKey === undefined ? UNSECURED : signedBy(flags.signingKey);
  const observed = new ObservedLink(open);
  const link = new SecuredLink(observed, security, () => systemClock.unixUs());
  const openedMs = systemClock.monotonicMs();
  const diagnose = (linkQuality: number): LinkFinding[] => {
    const openMs = systemClock.monotonicMs() - openedMs;
    return diagnoseLink({
      address,
      link: observed,
      census: observed.census,
      sysid,
      linkQuality,
      openMs,
    });
  };
  const session = await startVehicleSession(link, systemClock, { sysid, timeoutMs, shared }).catch(
    (error: unknown) => {
      throw keyFault(link, flags.signingKey, sysid) ?? linkFault(error, diagnose(1)) ?? error;
    },
  );
  try {
    if (flags.signingKey === undefined && link.signs(session.vehicle.sysid) === true) {
      throw signingFault(
        'vehicle-signs',
        'the vehicle signs its packets and hears no unsigned commands',
        'Add --signing-key with the file of its key.',
      );
    }
    return await action(session, link, () => diagnose(session.status().linkQuality));
  } finally {
    await session.close();
  }
};

/** Why nobody was heard, as far as the bytes that came tell. */
const linkFault = (error: unknown, findings: readonly LinkFinding[]): Fault | undefined => {
  if (!(error instanceof Fault) || error.exit !== 'noLink') return undefined;
  const cause = findings.find(({ severity }) => severity === 'error');
  if (cause === undefined) return undefined;
  const { code, message, remedy } = cause;
  return new Fault(code, message, { exit: 'noLink', data: error.data, remedy, cause: error });
};

/** What is wrong with the key, if that is why nobody answers. */
const keyFault = (
  link: SecuredLink,
  key: string | undefined,
  sysid: number | undefined,
): Fault | undefined => {
  const signs = link.signs(sysid);
  if (key === undefined || signs === undefined) return undefined;
  if (!signs) {
    return signingFault(
      'vehicle-unsigned',
      'the vehicle does not sign its packets',
      'Leave --signing-key out, or give it the key: skein vehicle signing enable FILE.',
      key,
    );
  }
  return link.refused.wrongSignature === 0
    ? undefined
    : signingFault(
        'signing-key-wrong',
        `${key} is not the key that the vehicle signs with`,
        'Name the file of its key; a lost key is wiped with the memory card.',
        key,
      );
};

const signingFault = (
  code: string,
  message: string,
  remedy: string,
  key: string | null = null,
): Fault => new Fault(code, message, { exit: 'refused', data: { key }, remedy });

/**
 * Believes only packets signed with the key in this file. What was heard is not remembered beyond the
 * command: a tool's own clock is what keeps its signing time growing.
 */
export const signedBy = (keyFile: string): LinkSecurity => ({
  allow: {},
  policy: 'required',
  signing: new Signing({ key: readSigningKey(keyFile), linkId: LINK_ID }),
});

/** Throws the Fault `vehicle-armed` (exit refused): what the command does is for a vehicle at rest. */
export const refuseWhileArmed = (session: VehicleSession, what: string): void => {
  if (!session.status().armed) return;
  throw new Fault(
    'vehicle-armed',
    `${what} is refused: vehicle ${session.vehicle.sysid} is armed`,
    {
      exit: 'refused',
      data: { sysid: session.vehicle.sysid },
      remedy: 'Land and disarm it, or add --while-armed if you are sure.',
    },
  );
};
