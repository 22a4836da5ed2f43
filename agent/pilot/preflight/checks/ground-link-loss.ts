import type { LostLinkAction, SafetyEnvelope } from '#protocols/gossip/safety-envelope.ts';
import type { Check } from '../check.ts';
import { numberText, type Finding } from '../finding.ts';
import { valueOf } from '../input.ts';

/** NAV_DLL_ACT by what the mission may want; 5 terminates and 6 disarms, which no mission wants. */
const ACTION_NAMES: Readonly<Record<number, LostLinkAction>> = { 1: 'hold', 2: 'rtl', 3: 'land' };

/**
 * Lost link is the mission's to say, and the agent acts on it. PX4 counts from the last heartbeat of any
 * ground station and knows nothing of the mesh: with NAV_DLL_ACT on, it refuses to arm while it hears
 * none, and leaves OFFBOARD COM_DL_LOSS_T and COM_FAIL_ACT_T after the last one.
 */
export const groundLinkLoss: Check = {
  needs: ['NAV_DLL_ACT', 'COM_DL_LOSS_T'],
  reads: ['COM_FAIL_ACT_T'],
  find: (input) => {
    const action = valueOf(input, 'NAV_DLL_ACT');
    const lossS = valueOf(input, 'COM_DL_LOSS_T');
    if (action === undefined || action === 0 || lossS === undefined) return [];
    const afterS = lossS + Math.max(0, valueOf(input, 'COM_FAIL_ACT_T') ?? 0);
    return judge(input.envelope, action, afterS);
  },
};

const judge = (
  envelope: Readonly<SafetyEnvelope> | undefined,
  action: number,
  afterS: number,
): Finding[] => {
  const name = ACTION_NAMES[action];
  const finding = {
    subject: 'NAV_DLL_ACT',
    found: `${numberText(action)}: ${name ?? 'cuts the motors'} ${numberText(afterS)} s after a ground station falls silent`,
    remedy: 'Set NAV_DLL_ACT to 0: the agent follows the lost-link policy of the mission.',
    fix: [{ name: 'NAV_DLL_ACT', value: 0 }],
  };
  if (name === undefined) {
    return [{ ...finding, code: 'link-loss-cuts-motors', severity: 'refuse', wanted: '0' }];
  }
  if (envelope === undefined) {
    const wanted = "0, or what the mission's lostLink says";
    return [{ ...finding, code: 'link-loss-unknown', severity: 'warn', wanted }];
  }
  const { lostLinkAction, lostLinkS } = envelope;
  if (name === lostLinkAction && afterS >= lostLinkS) return [];
  return [
    {
      ...finding,
      code: 'link-loss-disagrees',
      severity: 'refuse',
      wanted: `0: the mission says ${lostLinkAction} after ${numberText(lostLinkS)} s`,
    },
  ];
};
