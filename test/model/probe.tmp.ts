import fc from 'fast-check';
import {play} from './play.js';
import {anyScenario, sensible} from './scenario.js';

const seed = Number(process.env['SEED'] ?? 1);
const N = Number(process.env['N'] ?? 300);
let n = 0;
const t = Date.now();
let ex = 0,
  sk = 0,
  failed = 0,
  req = 0;
const errs = new Map<string, {count: number; ex: unknown}>();
for (const raw of fc.sample(anyScenario, {numRuns: N, seed})) {
  const s = sensible(raw);
  n++;
  if (process.env['V']) console.log(n, JSON.stringify(s));
  let timer: NodeJS.Timeout | undefined;
  try {
    const p = await Promise.race([
      play(s),
      new Promise<never>((_, no) => {
        timer = setTimeout(() => no(new Error('HANG')), 3000);
      }),
    ]);
    ex += p.excused;
    req += p.requests;
    if (p.skipped) sk++;
  } catch (e) {
    failed++;
    if (e instanceof TypeError && !globalThis['seen' as never]) {
      (globalThis as never as Record<string, boolean>)['seen'] = true;
      console.log(e.stack);
    }
    const m = String(e).replace(/\d+/g, 'N').slice(0, 160);
    const x = errs.get(m);
    if (x) x.count++;
    else errs.set(m, {count: 1, ex: s});
  }
  clearTimeout(timer);
}
console.log(n, Date.now() - t, 'ms', {ex, sk, failed, req});
for (const [m, {count, ex}] of [...errs].sort((a, b) => b[1].count - a[1].count))
  console.log(count, m, JSON.stringify(ex));
