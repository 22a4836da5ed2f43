import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { StatusText } from 'mavlink-mappings/dist/lib/common.js';
import { StatusTexts } from '#protocols/mavlink/status-text.ts';

const chunk = (text: string, id = 0, chunkSeq = 0): StatusText => {
  const message = new StatusText();
  message.severity = 4;
  message.text = text;
  message.id = id;
  message.chunkSeq = chunkSeq;
  return message;
};

const long =
  'Preflight Fail: the quick brown fox jumps over the lazy dog, again and again, until it lands.';
const chunks = [long.slice(0, 50), long.slice(50)];

test('a short text is given out at once, without the tab that marks an event', () => {
  const texts = new StatusTexts();
  texts.hear(chunk('Takeoff detected\t', 3), 0);
  expect(texts.tick(0)).toEqual([{ severity: 4, text: 'Takeoff detected' }]);
  expect(texts.tick(1)).toEqual([]);
});

test('chunks are joined, in whatever order they come', () => {
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const texts = new StatusTexts();
    for (const seq of order) texts.hear(chunk(chunks[seq]!, 9, seq), 0);
    expect(texts.tick(0)).toEqual([{ severity: 4, text: long }]);
  }
});

test('a text whose chunk got lost is given out with a gap after a second', () => {
  const texts = new StatusTexts();
  texts.hear(chunk(chunks[1]!, 9, 1), 0);
  expect(texts.tick(900)).toEqual([]);
  expect(texts.tick(1000)).toEqual([{ severity: 4, text: `[…]${chunks[1]}` }]);
});

test('control characters never reach a terminal', () => {
  const texts = new StatusTexts();
  texts.hear(chunk('\u001B[2Jall is well\u0007'), 0);
  expect(texts.tick(0)).toEqual([{ severity: 4, text: '[2Jall is well' }]);
});

test('arbitrary texts are given out once, late at most, and none is kept for ever', () => {
  const any = fc.record({
    text: fc.string({ maxLength: 50 }),
    id: fc.nat(20),
    chunkSeq: fc.nat(255),
  });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 200 }), (messages) => {
      const texts = new StatusTexts();
      let given = 0;
      for (const { text, id, chunkSeq } of messages) texts.hear(chunk(text, id, chunkSeq), 0);
      given += texts.tick(0).length;
      given += texts.tick(2000).length;
      expect(given).toBeLessThanOrEqual(messages.length);
      expect(texts.tick(9000)).toEqual([]);
    }),
  );
});
