import { describe, expect, it } from 'vitest';

import { nextPhase, orderKindOf, type PhaseFacts } from '#agent/mind/mission/phase.ts';

const waiting: PhaseFacts = {
  pilot: 'standby',
  airborne: false,
  latched: false,
  takeoffDue: false,
  landingDue: false,
  over: '',
  suspects: false,
  aboveHome: false,
  atGate: false,
};
const flying: PhaseFacts = { ...waiting, pilot: 'offboard', airborne: true };

describe('the story of a mission', () => {
  it('goes from the ground to the ground', () => {
    expect(nextPhase('queue', waiting)).toBe('queue');
    expect(nextPhase('queue', { ...waiting, takeoffDue: true })).toBe('climb');
    expect(nextPhase('climb', { ...waiting, pilot: 'arming' })).toBe('climb');
    expect(nextPhase('climb', { ...flying, pilot: 'takeoff' })).toBe('climb');
    expect(nextPhase('climb', flying)).toBe('work');
    expect(nextPhase('work', flying)).toBe('work');
    expect(nextPhase('work', { ...flying, over: 'search complete' })).toBe('home');
    expect(nextPhase('home', { ...flying, aboveHome: true })).toBe('turn');
    expect(nextPhase('turn', flying)).toBe('turn');
    expect(nextPhase('turn', { ...flying, landingDue: true })).toBe('descend');
    expect(nextPhase('descend', { ...flying, atGate: true })).toBe('land');
    expect(nextPhase('land', { ...flying, pilot: 'landing' })).toBe('land');
    expect(nextPhase('land', { ...waiting, pilot: 'landed' })).toBe('done');
  });

  it.each(['returning', 'landing', 'yielded', 'failsafe'] as const)(
    'steps aside while the pilot is %s by another will, and never on the ground again',
    (pilot) => {
      expect(nextPhase('work', { ...flying, pilot })).toBe('out');
      expect(orderKindOf('out')).toBeUndefined();
      expect(nextPhase('out', { ...waiting, pilot: 'landed' })).toBe('done');
      expect(nextPhase('done', { ...waiting, takeoffDue: true })).toBe('done');
    },
  );

  it('goes on when the operator gives the drone back, but not under an abort', () => {
    expect(nextPhase('out', flying)).toBe('work');
    expect(nextPhase('out', { ...flying, latched: true })).toBe('out');
    expect(nextPhase('queue', { ...waiting, latched: true, takeoffDue: true })).toBe('out');
  });

  it('turns back on the way home for what its camera saw there, unless something else ended its work', () => {
    expect(nextPhase('home', { ...flying, suspects: true })).toBe('work');
    expect(nextPhase('home', { ...flying, suspects: true, over: 'battery low' })).toBe('home');
    expect(nextPhase('turn', { ...flying, suspects: true })).toBe('turn');
  });

  it('turns back for a newer goal while it flies home under an older one, if it still can', () => {
    const returning: PhaseFacts = { ...flying, pilot: 'returning' };
    expect(nextPhase('queue', returning)).toBe('rejoin');
    expect(orderKindOf('rejoin')).toBe('fly');
    expect(nextPhase('rejoin', returning)).toBe('rejoin');
    expect(nextPhase('rejoin', flying)).toBe('work');
  });

  it('lands first and takes off in turn when the newer goal came too late to turn back', () => {
    expect(nextPhase('queue', { ...flying, pilot: 'landing' })).toBe('queue');
    expect(nextPhase('rejoin', { ...flying, pilot: 'landing' })).toBe('rejoin');
    expect(nextPhase('rejoin', { ...waiting, pilot: 'landed' })).toBe('queue');
    expect(nextPhase('queue', { ...waiting, pilot: 'landed', takeoffDue: true })).toBe('climb');
  });

  it.each(['queue', 'rejoin'] as const)('an abort or a person takes it from %s too', (phase) => {
    expect(nextPhase(phase, { ...flying, pilot: 'returning', latched: true })).toBe('out');
    expect(nextPhase(phase, { ...flying, pilot: 'yielded' })).toBe('out');
  });

  it('finds its place again when the mind was restarted under way', () => {
    expect(nextPhase('queue', { ...waiting, pilot: 'arming' })).toBe('climb');
    expect(nextPhase('queue', { ...flying, pilot: 'takeoff' })).toBe('climb');
    expect(nextPhase('queue', { ...flying, pilot: 'holding' })).toBe('work');
    expect(nextPhase('queue', { ...waiting, pilot: 'boot', takeoffDue: true })).toBe('queue');
  });

  it('does not take off for a mission that is over', () => {
    const over = { ...waiting, over: 'goal cancelled', takeoffDue: true };
    expect(nextPhase('queue', over)).toBe('done');
    expect(nextPhase('climb', over)).toBe('done');
  });
});
