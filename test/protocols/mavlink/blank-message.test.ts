import { expect, test } from 'vitest';
import { BatteryStatus, SetPositionTargetLocalNed } from 'mavlink-mappings/dist/lib/common.js';
import { blankMessage } from '#protocols/mavlink/blank-message.ts';

test('a blank message is what the constructor makes, and shares nothing with the next one', () => {
  expect(blankMessage(SetPositionTargetLocalNed)()).toEqual(new SetPositionTargetLocalNed());
  const blank = blankMessage(BatteryStatus);
  const first = blank();
  expect(first).toBeInstanceOf(BatteryStatus);
  expect(first).toEqual(new BatteryStatus());
  first.voltages = Object.assign(first.voltages, { 0: 3700 });
  first.temperature = 5;
  expect(blank()).toEqual(new BatteryStatus());
});
