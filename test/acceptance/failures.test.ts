import {expect, test} from 'vitest';
import {gate, type Handler, json, type Reply, startApi} from '../support/api-server.js';
import {expectSoundCatalog, expectSoundRead} from '../support/protocol.js';
import {runCli} from '../support/run-cli.js';
import {catalogOf} from './catalog-of.js';
import {endOf, failed, fine} from './ends.js';
import {numbers} from './numbers.js';

const retry = {max_retries: 1, backoff_factor: 0.001};

test.concurrent('one stream refused, one down: the third is complete, and the platform is told to try again', async () => {
  const others = gate();
  await using api = await startApi({
    '/refused': json({message: 'this key may not read it'}, {status: 403}),
    '/down': {status: 503, body: 'maintenance'},
    '/fine': async ({query}) => {
      if (query.get('offset') !== '0') await others.opened;
      return json(query.get('offset') === '0' ? [{id: 1}, {id: 2}] : []);
    },
  });
  const names = ['refused', 'down', 'fine'];
  const config = {client: {base_url: api.url, retry, paginator: {type: 'offset', limit: 2}}, resources: names};
  const run = await runCli(['read', '--config', config, '--catalog', catalogOf(names)], {
    onStdout: (text) => {
      if ((text.match(/"INCOMPLETE"/g)?.length ?? 0) === 2) others.open();
    },
  });
  expect(endOf(run)).toEqual(failed);
  expectSoundRead(run.messages, names);
  const story = run.messages.all.flatMap((message) => {
    if (message.type === 'LOG' && message.log.level === 'ERROR') return [`LOG ${message.log.message.split(' ')[0]}`];
    if (message.type !== 'TRACE') return [];
    const {trace} = message;
    if (trace.type === 'ERROR') return [`ERROR ${trace.error.failure_type} ${trace.error.stream_descriptor?.name}`];
    if (trace.type !== 'STREAM_STATUS') return [];
    const {status, stream_descriptor} = trace.stream_status;
    return status.endsWith('COMPLETE') ? [`${status} ${stream_descriptor.name}`] : [];
  });
  expect(new Set(story.slice(0, 5))).toEqual(
    new Set(['LOG refused', 'INCOMPLETE refused', 'LOG down', 'ERROR transient_error down', 'INCOMPLETE down']),
  );
  expect(story.slice(5)).toEqual(['COMPLETE fine', 'ERROR config_error refused', 'ERROR transient_error undefined']);
  const [down, refused, summary] = run.messages.errors();
  expect(down?.message).toMatch(/down: GET http:\S+\/down.* 503.*maintenance/s);
  expect(refused?.message).toMatch(/refused: GET http:\S+\/refused.* 403.*this key may not read it/s);
  expect(summary?.message).toMatch(/2 of 3 streams failed: (refused, down|down, refused)/);
});

test.concurrent('one stream that fails alone has one TRACE ERROR', async () => {
  await using api = await startApi({'/a': json({}, {status: 403}), '/b': json([{id: 1}])});
  const config = {client: {base_url: api.url, paginator: 'single_page'}, resources: ['a', 'b']};
  const run = await runCli(['read', '--config', config, '--catalog', catalogOf(['a', 'b'])]);
  expect(endOf(run)).toEqual(failed);
  expectSoundRead(run.messages, ['a', 'b']);
  expect(run.messages.errors()).toMatchObject([{failure_type: 'config_error', stream_descriptor: {name: 'a'}}]);
  expect([run.messages.statuses('a').at(-1), run.messages.statuses('b').at(-1)]).toEqual(['INCOMPLETE', 'COMPLETE']);
});

const time = (id: number): string => new Date(Date.UTC(2025, 0, 1) + id * 60_000).toISOString();
const page = (offset: number): string =>
  JSON.stringify(numbers(offset + 1, Math.min(57, offset + 10)).map((id) => ({id, at: time(id)})));

/** What the fourth page is, once. */
const faults: Readonly<Record<string, Reply>> = {
  error: {status: 500, body: 'oops'},
  cut: {headers: {'content-type': 'application/json'}, body: page(30), cutAfter: 200},
  html: {headers: {'content-type': 'text/html'}, body: '<html>Wait a second</html>'},
  broken: json('[{"id":31,"at":"2025'),
  reset: {reset: true},
  refused: json({error: 'your plan ends here'}, {status: 402}),
  ordered: {status: 502},
};

test.concurrent('an API that fails in the middle: the last state covers exactly what was printed', async () => {
  let healthy = false;
  const answer: Handler = ({path, query}) => {
    const rows: {at: string}[] = JSON.parse(page(Number(query.get('offset'))));
    if (query.get('offset') === '30' && !healthy) return faults[path.slice(1)] ?? {status: 404};
    return json(rows.filter(({at}) => at >= (query.get('since') ?? '')));
  };
  await using api = await startApi(answer);
  const names = Object.keys(faults);
  const incremental = {cursor_path: 'at', initial_value: time(0), row_order: 'asc'};
  const config = {
    client: {base_url: api.url, retry: {max_retries: 0}, paginator: {type: 'offset', limit: 10, total_path: null}},
    resource_defaults: {primary_key: 'id'},
    resources: names.map((name) => (name === 'ordered' ? {name, endpoint: {path: name, incremental}} : name)),
  };
  const catalog = catalogOf(names, 'incremental', {sync_id: 5});
  const args = ['read', '--config', config, '--catalog', catalog];
  const first = await runCli(args);
  expect(endOf(first)).toEqual(failed);
  expectSoundRead(first.messages, names);
  const errors = first.messages.errors();
  expect(errors.map(({failure_type}) => failure_type)).toEqual([
    ...names.slice(1).map(() => 'transient_error'),
    'config_error',
    'transient_error',
  ]);
  for (const name of names) {
    expect(first.messages.records(name).map(({id}) => id)).toEqual(numbers(1, 30));
    const covered = first.messages.stateMessages(name).map(({state}) => state.sourceStats.recordCount);
    expect([name, covered.reduce((a, b) => a + b)]).toEqual([name, 30]);
    expect(first.messages.states(name).at(-1)).not.toHaveProperty('done');
  }

  healthy = true;
  const second = await runCli([...args, '--state', JSON.parse(first.messages.stateFile())]);
  expect(endOf(second)).toEqual(fine);
  expectSoundRead(second.messages, names);
  for (const name of names) {
    expect([name, second.messages.records(name).map(({id}) => id)]).toEqual([name, numbers(31, 57)]);
  }
});

test.concurrent('check: the user has to act: FAILED and exit 0; nobody: TRACE ERROR and exit 1', async () => {
  await using api = await startApi({
    '/wrong_key': json({error: 'invalid api key'}, {status: 401}),
    '/missing': json({error: 'no such thing'}, {status: 404}),
    '/down': {status: 503},
    '/selector': json({rows: [{id: 1}]}),
    '/reported': json({ok: false, error: 'not_authed'}),
  });
  const check = (resource: object | string, base = api.url) =>
    runCli(['check', '--config', {client: {base_url: base, retry: {max_retries: 0}}, resources: [resource]}]);
  const [wrongKey, missing, selector, reported, down, nobody] = await Promise.all([
    check('wrong_key'),
    check('missing'),
    check({name: 'selector', endpoint: {data_selector: 'data'}}),
    check('reported'),
    check('down'),
    check('rows', 'http://127.0.0.1:1'),
  ]);
  for (const [run, text] of [
    [wrongKey, /wrong_key: GET http:\S+\/wrong_key.*401.*invalid api key/s],
    [missing, /missing: GET http:\S+\/missing.*404.*no such thing/s],
    [selector, /selector: .*data_selector.*rows/s],
    [reported, /reported: .*not_authed.*response_actions/s],
  ] as const) {
    expect(endOf(run)).toEqual(fine);
    expect(run.messages.answers()).toEqual([
      {type: 'CONNECTION_STATUS', connectionStatus: {status: 'FAILED', message: expect.stringMatching(text)}},
    ]);
    expect(run.messages.errors()).toEqual([]);
  }
  for (const [run, text] of [
    [down, /down: GET .*503/],
    [nobody, /ECONNREFUSED/],
  ] as const) {
    expect(endOf(run)).toEqual(failed);
    expect(run.messages.answers()).toEqual([]);
    expect(run.messages.errors()).toMatchObject([
      {failure_type: 'transient_error', message: expect.stringMatching(text)},
    ]);
  }
});

test.concurrent('discover: a refusal costs one stream its columns, an outage fails it', async () => {
  let down = false;
  await using api = await startApi({
    '/open': json([{id: 1, name: 'n'}]),
    '/refused': json({}, {status: 403}),
    '/later': () => (down ? {status: 500} : json([{id: 1}])),
  });
  const incremental = {cursor_path: 'changed.at', initial_value: '2025-01-01'};
  const config = {
    client: {base_url: api.url, retry: {max_retries: 0}},
    resource_defaults: {primary_key: 'id'},
    resources: ['open', {name: 'refused', endpoint: {incremental}, columns: {price: {data_type: 'decimal'}}}, 'later'],
  };
  const good = await runCli(['discover', '--config', config]);
  expect(endOf(good)).toEqual(fine);
  expectSoundCatalog(good.messages);
  expect(good.messages.answers()).toMatchObject([
    {
      catalog: {
        streams: [
          {name: 'open', json_schema: {properties: {id: {}, name: {}}}},
          {
            name: 'refused',
            json_schema: {properties: {id: {}, price: {type: ['null', 'number']}, changed: {properties: {at: {}}}}},
            supported_sync_modes: ['full_refresh', 'incremental'],
            source_defined_primary_key: [['id']],
            default_cursor_field: ['changed', 'at'],
          },
          {name: 'later'},
        ],
      },
    },
  ]);
  expect(good.messages.logs('WARN').filter((line) => /refused.*403/s.test(line))).toHaveLength(1);
  down = true;
  const bad = await runCli(['discover', '--config', config]);
  expect(endOf(bad)).toEqual(failed);
  expect(bad.messages.answers()).toEqual([]);
  expect(bad.messages.errors()).toMatchObject([{failure_type: 'transient_error'}]);
});
