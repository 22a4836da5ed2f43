import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { newVehicle, noteStatus, type Vehicle } from '#agent/mind/flight/vehicle.ts';
import { emptyPilotStatus, type PilotStatusField } from '#protocols/channel/pilot-status.ts';

const told = (vehicle: Vehicle, values: Partial<Record<PilotStatusField, number>>): void => {
  const status = emptyPilotStatus();
  Object.assign(status.values, { northM: 0, eastM: 0, homeNorthM: 1, homeEastM: 2 }, values);
  noteStatus(vehicle, status);
};

const near = (metres: number) => fc.double({ min: -metres, max: metres, noNaN: true });

describe('the level of home', () => {
  it('is that on which the drone stood by its own estimate, whatever the receiver says of it', () => {
    fc.assert(
      fc.property(near(50), near(2), near(2), (standingM, atFirstM, armedM) => {
        const vehicle = newVehicle();
        told(vehicle, { nowMs: 0, landed: 1, downM: standingM, homeDownM: standingM + atFirstM });
        told(vehicle, {
          nowMs: 100,
          landed: 0,
          downM: standingM - 9,
          homeDownM: standingM + armedM,
        });
        expect(vehicle.home).toEqual({ x: 1, y: 2, z: standingM });
      }),
    );
  });

  it('is where somebody says that home is, if that is a different place in height', () => {
    const vehicle = newVehicle();
    told(vehicle, { nowMs: 0, landed: 1, downM: 0.3, homeDownM: -8 });
    expect(vehicle.home).toEqual({ x: 1, y: 2, z: -8 });
  });

  it('is what the autopilot says to a mind that never saw the drone stand', () => {
    const vehicle = newVehicle();
    told(vehicle, { nowMs: 0, landed: 0, downM: -12, homeDownM: 0.7 });
    expect(vehicle.home).toEqual({ x: 1, y: 2, z: 0.7 });
  });
});
