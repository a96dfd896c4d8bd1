import {defineConfig} from 'vitest/config';

/** Test files that replace a module. */
const replacing = ['test/stream/shared-cursor.test.ts', 'test/model/shared-cursor.test.ts'];

const report = process.env['TEST_REPORT'];

export default defineConfig({
  test: {
    // Test files share a worker's modules: loading them anew for each would take a third of the time. Those that replace a
    // module have one of their own.
    projects: [
      {extends: true, test: {name: 'shared', include: ['test/**/*.test.ts'], exclude: replacing, isolate: false}},
      {extends: true, test: {name: 'replacing', include: replacing}},
    ],
    // Many tests wait for a child process or a server: every core gets a worker.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: report === undefined ? ['default'] : ['default', ['json', {outputFile: report}]],
    coverage: {include: ['src/**/*.ts'], exclude: ['src/**/*.generated.ts']},
  },
});
