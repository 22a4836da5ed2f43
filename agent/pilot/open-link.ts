import { join } from 'node:path';

import { parseConnectionString, type LinkAddress } from '#protocols/mavlink/connection-string.ts';
import { openVehicleLink } from '#protocols/mavlink/open-link.ts';
import { SecuredLink, type LinkSecurity } from '#protocols/mavlink/secured-link.ts';
import { readSigningKey, SigningStateFile } from '#protocols/mavlink/signing-file.ts';
import { Signing } from '#protocols/mavlink/signing.ts';
import { assertStreamsFit } from '#protocols/mavlink/stream-budget.ts';
import { systemClock } from '#protocols/system-clock.ts';
import type { AgentConfig } from '../config.ts';
import { heardMessages } from './heard-messages.ts';
import { STREAM_RATES } from './tick.ts';

export interface PilotLink {
  address: LinkAddress;
  link: SecuredLink;
  /** Writes what signing must not forget over a restart, when there is news; waits for no disk. */
  remember(onError: (error: unknown) => void): void;
}

const SETTING = 'vehicle.link';

/**
 * Opens the vehicle's link as the configuration says, hearing only what the pilot reads, and signed
 * where wanted. Throws the Faults of the connection string, the link, the signing key and its state,
 * and `link-too-slow` on a serial line.
 */
export const openPilotLink = async (config: AgentConfig): Promise<PilotLink> => {
  const { vehicle, sysid, runDir } = config;
  const address = parseConnectionString(vehicle.link, SETTING);
  if (address.kind === 'serial') {
    assertStreamsFit(STREAM_RATES, address.baud, { signed: vehicle.signing !== undefined });
  }
  const signed = vehicle.signing === undefined ? undefined : signedBy(vehicle.signing, runDir);
  const open = await openVehicleLink(address, { sysid, setting: SETTING });
  const security: LinkSecurity = {
    allow: { sysids: new Set([sysid]), msgids: heardMessages(STREAM_RATES) },
    policy: vehicle.signing?.policy ?? 'off',
    ...(signed === undefined ? {} : { signing: signed.signing }),
  };
  return {
    address,
    link: new SecuredLink(open, security, () => systemClock.unixUs()),
    remember: (onError) => {
      const state = signed?.signing.takeState();
      if (state !== undefined) signed?.stateFile.write(state, onError);
    },
  };
};

const signedBy = (
  { keyFile, linkId }: NonNullable<AgentConfig['vehicle']['signing']>,
  runDir: string,
): { signing: Signing; stateFile: SigningStateFile } => {
  const key = readSigningKey(keyFile);
  const stateFile = new SigningStateFile(join(runDir, 'vehicle-signing.json'), key);
  return { signing: new Signing({ key, linkId, state: stateFile.read() }), stateFile };
};
