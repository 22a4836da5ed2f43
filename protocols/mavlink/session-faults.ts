import { Fault } from '../fault.ts';
import type { TransferOutcome } from './mission-client.ts';
import type { ParameterListOutcome } from './parameter-client.ts';

/** What a session tells people when a service of it did not get what it was asked for. */

export const silentFault = (sysid: number): Fault =>
  new Fault('vehicle-silent', `vehicle ${sysid} does not answer`, {
    exit: 'noLink',
    data: { sysid },
    remedy: 'Check that the link carries packets both ways.',
  });

/** For a list that is neither complete nor silent. */
export const listFault = (
  end: Extract<ParameterListOutcome, { result: 'refused' | 'incomplete' }>,
): Fault =>
  end.result === 'refused'
    ? new Fault('parameters-refused', `the parameters were not read: ${end.why}`, {
        remedy: 'Try again once the vehicle has started up.',
      })
    : new Fault(
        'parameters-incomplete',
        `${end.table.size} parameters came; missing: number ${end.missing.join(', ')}`,
        { exit: 'noLink', remedy: 'Check the link quality and the baud rate, and try again.' },
      );

/** @param remarks what the vehicle said meanwhile. */
export const planFault = (
  { part, seq, refusal }: Extract<TransferOutcome, { result: 'refused' }>,
  remarks: readonly string[],
): Fault => {
  const where = seq === undefined ? `the ${part}` : `item ${seq} of the ${part}`;
  const words = remarks.length === 0 ? '' : ` (it says: ${remarks.join('; ')})`;
  return new Fault('plan-refused', `the vehicle refused ${where}: ${refusal.why}${words}`, {
    exit: 'refused',
    data: { part, seq: seq ?? null, result: refusal.name },
    remedy: 'Correct the item, or use one that this version of PX4 knows.',
  });
};
