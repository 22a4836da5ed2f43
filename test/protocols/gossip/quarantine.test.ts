import { expect, it } from 'vitest';

import { Quarantine } from '#protocols/gossip/quarantine.ts';

it('keeps out who sends more than anybody honest does, for a while and nobody else', () => {
  const quarantine = new Quarantine();
  // Thirty drones' words and a goal now and then, for a minute.
  for (let atMs = 0; atMs < 60_000; atMs += 100) {
    expect(quarantine.noteBytes('honest', 30_000, atMs)).toBe(false);
  }
  let sentBytes = 0;
  while (!quarantine.noteBytes('greedy', 100_000, 60_000)) sentBytes += 100_000;
  expect(sentBytes).toBeLessThan(5_000_000);
  expect(quarantine.holds('greedy', 60_001)).toBe(true);
  expect(quarantine.holds('honest', 60_001)).toBe(false);
  // Once is enough: what still comes of the old connection is no new offence.
  expect(quarantine.noteBytes('greedy', 10_000_000, 61_000)).toBe(false);
  expect(quarantine.holds('greedy', 89_999)).toBe(true);
  expect(quarantine.holds('greedy', 90_001)).toBe(false);
});
