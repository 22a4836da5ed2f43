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
          exclude: ['test/swarm/**'],
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
    ],
  },
});
