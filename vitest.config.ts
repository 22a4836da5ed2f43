import { defineConfig } from 'vitest/config';

// Generous, for a busy machine: a test that hangs is found all the same.
const testTimeout = 60_000;

export default defineConfig({
  test: {
    // Two cores run everything; more workers only make timing-sensitive tests lie.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'rooms',
          include: ['test/**/*.test.ts'],
          exclude: ['test/swarm/**', 'test/net/**'],
          testTimeout,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Afterwards: hundreds of flights on all cores would make those that watch the clock fail.
        test: {
          name: 'swarms',
          include: ['test/swarm/**/*.test.ts'],
          testTimeout,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Alone: each story is a mesh of processes that shares the cores with nobody else's.
        test: {
          name: 'net',
          include: ['test/net/**/*.test.ts'],
          testTimeout: 2 * testTimeout,
          hookTimeout: 2 * testTimeout,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
