import fc from 'fast-check';
import {expect, test} from 'vitest';
import {play} from './play.js';
import {anyScenario, sensible} from './scenario.js';

test('x', async () => {
  let n = 0;
  const t = Date.now();
  let ex = 0,
    sk = 0;
  let failed = 0;
  const seed = Number(process.env['SEED'] ?? 1);
  const errs = new Map<string, {count: number; ex: unknown}>();
  for (const raw of fc.sample(anyScenario, {numRuns: Number(process.env['N'] ?? 300), seed})) {
    const s = sensible(raw);
    n++;
    try {
      const p = await play(s);
      ex += p.excused;
      if (p.skipped) sk++;
    } catch (e) {
      failed++;
      const m = String(e).replace(/\d+/g, 'N').slice(0, 160);
      const x = errs.get(m);
      if (x) x.count++;
      else errs.set(m, {count: 1, ex: s});
    }
  }
  console.log(n, Date.now() - t, 'ms', {ex, sk, failed});
  for (const [m, {count, ex}] of [...errs].sort((a, b) => b[1].count - a[1].count))
    console.log(count, m, JSON.stringify(ex));
  expect(true).toBe(true);
}, 600000);
