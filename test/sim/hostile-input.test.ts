import {
  array,
  assert,
  constantFrom,
  double,
  integer,
  property,
  record,
  uint8Array,
} from 'fast-check';
import { MavParamType, ParamSet } from 'mavlink-mappings/dist/lib/common.js';
import { describe, expect, it } from 'vitest';
import { Framer } from '#protocols/mavlink/framer.ts';
import { Parameters } from '#sim/autopilot/parameters.ts';
import { Companion } from './companion.ts';

const anyNumber = double({ noNaN: false });
const anyFloat = constantFrom(0, 1, -1, 1e30, -1e30, Number.NaN, Number.POSITIVE_INFINITY);

const isFinitePlace = ({ vehicle }: Companion): boolean => {
  const { positionNed, velocityNed, attitude } = vehicle.quadrotor;
  return Number.isFinite(positionNed.x + positionNed.z + velocityNed.y + attitude.w);
};

describe('hostile input', () => {
  it('survives any setpoint in flight', () => {
    const setpoint = record({
      coordinateFrame: integer({ min: 0, max: 255 }),
      typeMask: integer({ min: 0, max: 65_535 }),
      x: anyFloat,
      z: anyFloat,
      vx: anyFloat,
      vy: anyNumber,
      afx: anyFloat,
      yaw: anyFloat,
      yawRate: anyFloat,
    });
    assert(
      property(array(setpoint, { minLength: 1, maxLength: 6 }), (setpoints) => {
        const companion = new Companion();
        companion.takeOff();
        companion.flyOffboard(0, 0, 0);
        companion.streamed = undefined;
        for (const fields of setpoints) {
          companion.setpoint((message) => Object.assign(message, fields));
          companion.run(0.4);
        }
        expect(isFinitePlace(companion)).toBe(true);
      }),
      { numRuns: 12 },
    );
  });

  it('survives any parameter value and any command', () => {
    const setting = record({
      name: constantFrom(...new Parameters('1.18').names),
      value: anyFloat,
    });
    const command = record({ id: integer({ min: 0, max: 65_535 }), one: anyFloat, five: anyFloat });
    assert(
      property(
        array(setting, { maxLength: 5 }),
        array(command, { maxLength: 4 }),
        (settings, commands) => {
          const companion = new Companion();
          companion.takeOff();
          for (const { name, value } of settings) {
            const message = new ParamSet();
            message.targetSystem = 7;
            message.paramId = name;
            message.paramValue = value;
            message.paramType = MavParamType.REAL32;
            companion.send(message);
          }
          for (const { id, one, five } of commands)
            companion.post(id, one, 0, 0, 0, five, five, one);
          companion.flyOffboard(1, 0, 0);
          companion.run(3);
          expect(isFinitePlace(companion)).toBe(true);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('survives any bytes', () => {
    assert(
      property(array(uint8Array({ maxLength: 300 }), { maxLength: 5 }), (datagrams) => {
        const companion = new Companion();
        const framer = new Framer();
        for (const bytes of datagrams) {
          framer.push(bytes);
          for (let frame = framer.next(); frame !== undefined; frame = framer.next()) {
            companion.vehicle.receive([frame]);
          }
        }
        companion.run(0.1);
        expect(companion.armed).toBe(false);
      }),
    );
  });
});
