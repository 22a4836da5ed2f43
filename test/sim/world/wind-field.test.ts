import { describe, expect, it } from 'vitest';

import { vector3, type Vector3 } from '#protocols/vector.ts';
import { windFieldSchema } from '#sim/scenario.ts';
import { WindField } from '#sim/world/wind-field.ts';

const MEAN = vector3(4, 0, 0);

const at = (settings: object, north: number, east: number, heightM: number): Vector3 => {
  const wind = { ...MEAN };
  new WindField(windFieldSchema.parse(settings), MEAN).blow(wind, vector3(north, east, -heightM));
  return wind;
};

describe('a field of wind', () => {
  it('is the mean at ten metres, more above and less near the ground', () => {
    expect(at({ shearExponent: 0.14 }, 0, 0, 10)).toEqual(MEAN);
    expect(at({ shearExponent: 0.14 }, 0, 0, 40).x).toBeCloseTo(4 * 4 ** 0.14, 9);
    expect(at({ shearExponent: 0.14 }, 0, 0, 2).x).toBeLessThan(3.3);
    // On the ground there is still some, and it is a number.
    expect(at({ shearExponent: 0.14 }, 0, 0, 0).x).toBeGreaterThan(2);
    expect(at({}, 0, 0, 100)).toEqual(MEAN);
  });

  it('changes in a zone, with a soft border, between its heights', () => {
    const lee = {
      zones: [
        { northM: 0, eastM: 0, radiusM: 10, toHeightM: 20, northMps: -4, eastMps: 1, downMps: 0.5 },
      ],
    };
    expect(at(lee, 0, 0, 5)).toEqual(vector3(0, 1, 0.5));
    expect(at(lee, 7.9, 0, 5)).toEqual(vector3(0, 1, 0.5));
    expect(at(lee, 9, 0, 5).x).toBeCloseTo(2, 9);
    expect(at(lee, 10.1, 0, 5)).toEqual(MEAN);
    expect(at(lee, 0, 0, 21)).toEqual(MEAN);
  });
});
