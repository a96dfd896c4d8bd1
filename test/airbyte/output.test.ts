import {describe, expect, test} from 'vitest';
import {configError, systemError, transientError} from '../../src/errors.js';
import {ExactNumber} from '../../src/json/exact.js';
import {expectSoundRead} from '../support/protocol.js';
import {batchOf, testOutput} from './collect.js';

describe('records and states', () => {
  test('a stream from STARTED to COMPLETE', async () => {
    const {stream, messages, clock} = testOutput();
    const out = stream();
    await out.status('STARTED');
    await out.status('RUNNING');
    await out.records(batchOf(['{"id":9007199254740993}', '{"id":2}']), undefined);
    await out.state({v: 1, cursor: {id: new ExactNumber('9007199254740993')}});
    await out.records(batchOf(['{"id":3}']), undefined);
    await out.state({v: 1, done: {sync_id: 7}});
    await out.status('COMPLETE');
    const seen = await messages();
    expectSoundRead(seen, ['s']);
    expect(seen.text).toContain('"data":{"id":9007199254740993}');
    expect(seen.text).toContain('"cursor":{"id":9007199254740993}');
    expect(seen.stateMessages().map(({state}) => state.sourceStats.recordCount)).toEqual([2, 1]);
    expect(seen.recordMessages()[0]?.record.emitted_at).toBe(clock.now());
    expect(out.written).toBe(3);
  });

  test('repeats the namespace as given', async () => {
    const {stream, messages} = testOutput();
    const empty = stream({stream: {name: 'a', namespace: ''}});
    await empty.records(batchOf(['{"id":1}']), undefined);
    await empty.state({v: 1});
    await empty.status('STARTED');
    await stream({stream: {name: 'b'}}).records(batchOf(['{"id":1}']), undefined);
    const seen = await messages();
    expect(seen.recordMessages('a')[0]?.record.namespace).toBe('');
    expect(seen.stateMessages('a')[0]?.state.stream.stream_descriptor).toEqual({name: 'a', namespace: ''});
    expect(seen.statusTraces('a')[0]?.stream_descriptor).toEqual({name: 'a', namespace: ''});
    expect(seen.recordMessages('b')[0]?.record).not.toHaveProperty('namespace');
  });

  test('a schemaless record is the one field data, with the columns of its parent inside', async () => {
    const {stream, messages} = testOutput();
    await stream({schemaless: true}).records(batchOf(['{"id":1}', '{}']), Buffer.from(',"_p":2'));
    await stream({schemaless: true}).records(batchOf(['{"id":1}', '{}']), undefined);
    expect((await messages()).records()).toEqual([{data: {id: 1, _p: 2}}, {data: {_p: 2}}, {data: {id: 1}}]);
  });

  test('refuses the same state before and after records, but not without records between', async () => {
    const {stream, messages} = testOutput();
    const out = stream();
    await out.state({v: 1});
    await out.state({v: 1});
    await out.records(batchOf(['{"id":1}']), undefined);
    await expect(out.state({v: 1})).rejects.toThrow(/same state/);
    await out.state({v: 1, cursor: {id: 1}});
    expect((await messages()).stateMessages().map(({state}) => state.sourceStats.recordCount)).toEqual([0, 0, 1]);
  });

  test('a state asked for while a page is written counts what was written before it', async () => {
    const {stream, messages} = testOutput();
    const out = stream();
    const page = batchOf(Array.from({length: 500}, (_, id) => `{"id":${id},"t":"${'x'.repeat(500)}"}`));
    const writing = out.records(page, undefined);
    await out.state({v: 1, resume: {}});
    await writing;
    await out.state({v: 1, done: {}});
    const counts = (await messages()).stateMessages().map(({state}) => state.sourceStats.recordCount);
    expect(counts).toEqual([500, 0]);
  });

  test('a rate limit is RUNNING with one reason and the reset in whole ms', async () => {
    const {stream, messages} = testOutput();
    await stream().status('RUNNING', 1_767_225_600_000.4);
    expect((await messages()).statusTraces()).toEqual([
      {
        stream_descriptor: {name: 's'},
        status: 'RUNNING',
        reasons: [{type: 'RATE_LIMITED', rate_limited: {quota_reset: 1_767_225_600_001}}],
      },
    ]);
  });
});

describe('text for people', () => {
  test('is redacted before it is cut, in logs, errors and answers; records and states are not', async () => {
    const {output, secrets, stream, messages, text} = testOutput();
    secrets.add('hunter22');
    output.info(`${'x'.repeat(19_995)}hunter22`);
    await output.failure(transientError('token hunter22', {detail: 'Bearer hunter22'}));
    await output.connectionStatus('401 for hunter22');
    await stream().records(batchOf(['{"id":"hunter22"}']), undefined);
    const seen = await messages();
    expect(text().match(/hunter22/g)).toHaveLength(1);
    expect(text()).not.toMatch(/xhun/);
    expect(seen.records()).toEqual([{id: 'hunter22'}]);
    expect(seen.errors()[0]).toMatchObject({message: 'token ****', internal_message: 'Bearer ****'});
  });

  test('keeps what lies below the level to itself', async () => {
    const {output, messages} = testOutput({level: 'warn'});
    output.debug('d');
    output.info('i');
    output.warn('w');
    output.error('e');
    expect((await messages()).logs()).toEqual(['w', 'e']);
  });

  test('a stack trace goes out with our own faults only', async () => {
    const {output, messages} = testOutput();
    await output.failure(configError('wrong'), {name: 's', namespace: ''});
    await output.failure(systemError('broken', {cause: new TypeError('x is undefined')}));
    const [first, second] = (await messages()).errors();
    expect(first).toEqual({
      message: 'wrong',
      failure_type: 'config_error',
      stream_descriptor: {name: 's', namespace: ''},
    });
    expect(second?.stack_trace).toContain('TypeError: x is undefined');
  });

  test('a lone surrogate in a message is no broken line', async () => {
    const {output, messages} = testOutput();
    output.warn('half \ud800 of a pair');
    expect((await messages()).logs()).toEqual(['half \ufffd of a pair']);
  });
});

describe('CONTROL', () => {
  test('leaves at once in a read', async () => {
    const {output, text} = testOutput();
    await output.control('{"a":1.0}');
    expect(text()).toContain('"connectorConfig":{"config":{"a":1.0}}');
  });

  test('waits for the answer in check and discover, also when an error takes its place', async () => {
    for (const end of ['answer', 'failure'] as const) {
      const {output, messages} = testOutput({holdControl: true});
      await output.control('{"token":"old"}');
      await output.control('{"token":"new"}');
      if (end === 'answer') await output.connectionStatus(undefined);
      else await output.failure(transientError('down'));
      const seen = await messages();
      expect(seen.all.map(({type}) => type)).toEqual([end === 'answer' ? 'CONNECTION_STATUS' : 'TRACE', 'CONTROL']);
      expect(seen.text).toContain('"token":"new"');
      expect(seen.text).not.toContain('"old"');
      await output.control('{"token":"late"}');
      expect((await messages()).text).toContain('"token":"late"');
    }
  });
});
