import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Generous, for a busy machine: a test that hangs is found all the same.
    testTimeout: 60_000,
    // Two cores run everything; more workers only make timing-sensitive tests lie.
    maxWorkers: 2,
  },
});
