import fc from 'fast-check';
import { Attitude } from 'mavlink-mappings/dist/lib/common.js';
import { describe, expect, test } from 'vitest';
import type { Fault } from '#protocols/fault.ts';
import { Encoder } from '#protocols/mavlink/codec.ts';
import { assertStreamsFit, streamBudget } from '#protocols/mavlink/stream-budget.ts';

const faultOf = (action: () => void): Fault | undefined => {
  try {
    action();
    return undefined;
  } catch (error) {
    return error as Fault;
  }
};

describe('streams through a serial line', () => {
  test('are counted as they are on the wire', () => {
    const full = Object.assign(new Attitude(), { timeBootMs: 1, yawspeed: 1.1 });
    const packet = new Encoder(1, 1).encode(full);
    const { streams } = streamBudget(new Map([[30, 50]]), 57_600);
    expect(streams[0]).toEqual({ msgid: 30, rateHz: 50, bytesPerS: packet.length * 50 });
    const signed = streamBudget(new Map([[30, 50]]), 57_600, { signed: true });
    expect(signed.streams[0]!.bytesPerS).toBe((packet.length + 13) * 50);
  });

  test('fit at ten bits a byte, a fifth left free', () => {
    // 40 bytes a packet, and 21 for the heartbeat.
    const capacity = (rateHz: number) => streamBudget(new Map([[30, rateHz]]), 57_600);
    expect(capacity(100)).toMatchObject({ capacityBytesPerS: 5760, neededBytesPerS: 4021 });
    expect(capacity(114).fits).toBe(true);
    expect(capacity(115).fits).toBe(false);
  });

  test('that do not fit are refused, the largest by name, with a rate that would do', () => {
    const rates = new Map([
      [30, 50],
      [331, 30],
      [32, 50],
      [242, 0.5],
    ]);
    const fault = faultOf(() => assertStreamsFit(rates, 57_600));
    expect(fault).toMatchObject({ code: 'link-too-slow', exit: 'refused', data: { baud: 57_600 } });
    expect(fault?.message).toContain('ODOMETRY at 30 Hz');
    expect(fault?.message).not.toContain('HOME_POSITION');
    const [, advised] = /to (\d+) or more/u.exec(fault?.remedy ?? '') ?? [];
    expect(faultOf(() => assertStreamsFit(rates, Number(advised)))).toBeUndefined();
  });

  test('of unknown messages count as the longest, and what is turned off counts nothing', () => {
    const { streams } = streamBudget(
      new Map([
        [54_321, 10],
        [30, 0],
      ]),
      921_600,
    );
    expect(streams).toMatchObject([
      { msgid: 54_321, bytesPerS: 2670 },
      { msgid: 0, bytesPerS: 21 },
      { msgid: 30, bytesPerS: 0 },
    ]);
  });

  test('whatever the rates, the advice is enough', () => {
    const rates = fc.array(fc.tuple(fc.nat(600), fc.double({ min: 0, max: 400, noNaN: true })));
    fc.assert(
      fc.property(rates, (pairs) => {
        const wanted = new Map(pairs);
        const fault = faultOf(() => assertStreamsFit(wanted, 9600));
        if (fault === undefined) return;
        const [, advised] = /to (\d+) or more/u.exec(fault.remedy ?? '') ?? [];
        expect(streamBudget(wanted, Number(advised)).fits).toBe(true);
      }),
    );
  });
});
