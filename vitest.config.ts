import {defineConfig} from 'vitest/config';
import {BaseSequencer, type TestSpecification} from 'vitest/node';

/** Test files that replace a module. */
const replacing = ['test/stream/shared-cursor.test.ts', 'test/model/shared-cursor.test.ts'];

/** The files that take longest come first, so that no core waits for the other at the end; the others as they are. */
const slow = ['/model/', '/acceptance/', '/dlt/', '/commands/', '/examples/', '/corpus/', '/destinations/'];
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({moduleId}: TestSpecification): number => {
      const place = slow.findIndex((folder) => moduleId.includes(folder));
      return place < 0 ? slow.length : place;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

/** These start a PostgreSQL server of their own: `npm run test:postgres`. */
const elsewhere = process.env['TEST_POSTGRES'] === '1' ? [] : ['test/postgres/**'];

const report = process.env['TEST_REPORT'];

export default defineConfig({
  test: {
    // Test files share a worker's modules: loading them anew for each would take a third of the time. Those that replace a
    // module have one of their own.
    projects: [
      {
        extends: true,
        test: {name: 'shared', include: ['test/**/*.test.ts'], exclude: [...replacing, ...elsewhere], isolate: false},
      },
      {extends: true, test: {name: 'replacing', include: replacing}},
    ],
    // Many tests wait for a child process or a server: every core gets a worker.
    maxWorkers: '100%',
    sequence: {sequencer: SlowFirst},
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: report === undefined ? ['default'] : ['default', ['json', {outputFile: report}]],
    coverage: {include: ['src/**/*.ts'], exclude: ['src/**/*.generated.ts']},
  },
});
