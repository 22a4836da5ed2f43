import { describe, expect, it } from 'vitest';

import { RADIO_PROFILES } from '#sim/radio/profile.ts';
import { RadioField, type Place } from '#sim/radio/radio-field.ts';

const { P1, P2, P3, P4 } = RADIO_PROFILES;

const fieldWith = (places: Record<number, Place>): RadioField =>
  new RadioField('P1', { edgeM: 400, lostM: 600 }, (member) => places[member]);

const at = (northM: number, eastM = 0, heightM = 0): Place => ({ northM, eastM, heightM });

describe('what stands between two members', () => {
  it('is distance: good near by, poor at the edge, nothing beyond', () => {
    const field = fieldWith({ 1: at(0), 2: at(399), 3: at(0, 401), 4: at(0, 0, 601) });
    expect(field.profileOf(1, 2)).toBe(P1);
    expect(field.profileOf(1, 3)).toBe(P3);
    expect(field.profileOf(1, 4)).toBeUndefined();
    expect(field.profileOf(1, 9)).toBeUndefined();
  });

  it('is a jammer for whoever receives near it; those can still be heard', () => {
    const field = fieldWith({ 1: at(0), 2: at(100) });
    field.jam('truck', { northM: 100, eastM: 20, radiusM: 50 });
    expect(field.profileOf(1, 2)).toBe(P4);
    expect(field.profileOf(2, 1)).toBe(P1);
    field.unjam('truck');
    expect(field.profileOf(1, 2)).toBe(P1);
  });

  it('is a cut or a worse antenna, in one direction only', () => {
    const field = fieldWith({ 1: at(0), 2: at(100) });
    field.cut(1, 2, 'hill');
    field.cut(1, 2, 'partition');
    expect([field.profileOf(1, 2), field.profileOf(2, 1)]).toEqual([undefined, P1]);
    field.heal(1, 2, 'hill');
    expect(field.profileOf(1, 2)).toBeUndefined();
    field.heal(1, 2, 'partition');
    field.worsen(2, 1, 'banking', 'P2');
    expect([field.profileOf(1, 2), field.profileOf(2, 1)]).toEqual([P1, P2]);
    field.worsen(2, 1, 'banking', undefined);
    expect(field.profileOf(2, 1)).toBe(P1);
  });
});
