import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'vitest';
import {cli} from '../../src/cli.js';
import {FakeClock} from '../support/fake-clock.js';
import {testHost} from '../support/run-source.js';
import {cases} from './interrupted.test.js';
import {now} from './world.js';

test.each(cases)('$title', async (each) => {
  const clock = new FakeClock({now});
  const {api, text, also} = await each.start(clock);
  const file = join(mkdtempSync(join(tmpdir(), 'x-')), 'acme.yaml');
  writeFileSync(file, text, {mode: 0o600});
  const {host, stdout, stderr} = testHost({clock, environment: Object.fromEntries(Object.entries(each.secrets))});
  const code = await cli(['try', '--config', file, '--then'], host);
  console.log(`=== ${each.title} ${code}\n${stdout()}\n${stderr()}`);
  const second = testHost({clock, environment: Object.fromEntries(Object.entries(each.secrets))});
  console.log(await cli(['explain', '--config', file], second.host), second.stdout(), second.stderr());
  await api.close();
  await also?.close();
});
