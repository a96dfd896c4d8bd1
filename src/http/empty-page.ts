import type {Page} from '../body/page.js';
import {pathOf} from '../json/path.js';

/** What stands for the page of an answer whose records do not count. */
export const emptyPage: Page = {
  batch: {bytes: Buffer.alloc(0), count: 0, spans: new Int32Array(0), fields: []},
  rows: 0,
  fact: () => undefined,
  value: () => null,
  selector: pathOf([]),
  settled: false,
  notes: [],
};
