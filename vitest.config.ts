import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    // Two cores run everything; more workers only make timing-sensitive tests lie.
    maxWorkers: 2,
  },
});
