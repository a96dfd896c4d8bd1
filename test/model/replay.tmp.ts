import {last, play} from './play.js';

const s = JSON.parse(process.argv[2] ?? '{}');
const o = process.argv[3] ? JSON.parse(process.argv[3]) : {};
try {
  const p = await play({...s, ...o});
  console.log('ok', p.excused, p.skipped);
  if (process.env['J']) console.log(p.lines.join('\n'));
} catch (e) {
  console.log(last.lines.join('\n'));
  console.log(e);
}
