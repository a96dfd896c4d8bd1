import {defineConfig} from 'vitest/config';

const report = process.env['TEST_REPORT'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Many tests wait for a child process or a server: every core gets a worker.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: report === undefined ? ['default'] : ['default', ['json', {outputFile: report}]],
    coverage: {include: ['src/**/*.ts'], exclude: ['src/**/*.generated.ts']},
  },
});
