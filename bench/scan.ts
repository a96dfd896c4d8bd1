import {compileScan} from '../src/json/scan.js';

/** Megabytes per second of the strict scan over pages of 100 records of about 450 bytes. */
function page(from: number): Buffer {
  const records = Array.from({length: 100}, (_, n) => ({
    id: from + n,
    node_id: 'MDU6SXNzdWUxMzQ3',
    url: `https://api.example.com/repos/octocat/Hello-World/issues/${from + n}`,
    state: 'open',
    title: 'Found a bug in the third paragraph',
    body: "I'm having a problem with this. It happens when the page is loaded twice, and never before noon on a Sunday.",
    user: {login: 'octocat', id: n, type: 'User', site_admin: false},
    labels: ['bug', 'help wanted'],
    locked: false,
    comments: n % 7,
    score: 12.5,
    closed_at: null,
    updated_at: `2024-05-${String(1 + (n % 28)).padStart(2, '0')}T10:11:12Z`,
  }));
  return Buffer.from(JSON.stringify({data: records, next: 'https://api.example.com/issues?page=2', total: 100_000}));
}

const pages = Array.from({length: 50}, (_, n) => page(n * 100));
const bytes = pages.reduce((sum, {length}) => sum + length, 0);
const plans = {
  'records only': {records: ['data'], fields: [], facts: []},
  'one field, two facts': {records: ['data'], fields: [['updated_at']], facts: [['next'], ['total']]},
  'four fields, one nested': {
    records: ['data'],
    fields: [['id'], ['updated_at'], ['state'], ['user', 'id']],
    facts: [],
  },
};

function megabytesPerSecond(run: (page: Buffer) => unknown): number {
  let best = 0;
  for (let round = 0; round < 15; round++) {
    const started = performance.now();
    for (let repeat = 0; repeat < 10; repeat++) {
      for (const one of pages) {
        run(one);
      }
    }
    best = Math.max(best, (bytes * 10) / 1000 / (performance.now() - started));
  }
  return Math.round(best);
}

const lines = [`${(bytes / pages.length / 100).toFixed(0)} bytes per record`];
for (const [name, plan] of Object.entries(plans)) {
  const scan = compileScan(plan);
  lines.push(`scan, ${name}: ${megabytesPerSecond((one) => scan(one, 0, one.length))} MB/s`);
}
lines.push(`JSON.parse: ${megabytesPerSecond((one) => JSON.parse(one.toString()))} MB/s`);
process.stdout.write(`${lines.join('\n')}\n`);
