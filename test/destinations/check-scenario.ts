import {expect} from 'vitest';
import {catalogOf, type Scenario} from './scenarios.js';
import {apply} from './support.js';

/** A kind of place: where a new one is, and what its table `rows` holds in `v`. */
export interface Kind {
  readonly name: string;
  readonly format?: string;
  readonly into: () => string;
  readonly values: (into: string) => Promise<readonly unknown[]>;
}

/** The first column. */
export const first = (rows: readonly (readonly unknown[])[]): readonly unknown[] => rows.map(([value]) => value);

/** A column that has become JSON has its strings in quotes. */
const plain = (value: unknown): string => String(value).replace(/^"(.*)"$/, '$1');

/** Plays the runs of a scenario into a new place of this kind, and looks at the rows after each. */
export async function check(
  {runs, uncounted = []}: Scenario,
  {name, format, into: place, values}: Kind,
): Promise<void> {
  const into = place();
  for (const run of runs) {
    const {lines, sample = false, counts, echoed, status, saved} = run;
    const found = await apply(into, catalogOf(run), lines, {sample, ...(format === undefined ? {} : {format})});
    // A file of Parquet is written when the stream is complete.
    if (format !== 'parquet' || status !== 'incomplete')
      expect((await values(into)).map(plain).sort()).toEqual(run.values);
    if (counts !== undefined && !uncounted.includes(name)) expect(found.streams[0]?.sink.counts).toEqual(counts);
    if (echoed !== undefined) expect(found.echoed).toHaveLength(echoed);
    if (status !== undefined) expect(found.streams[0]?.status).toBe(status);
    if (saved !== undefined) expect(found.saved.streams).toMatchObject(saved);
  }
}
