import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {openDestination} from '../../src/destinations/places.js';
import {apply, catalog, record, state, status} from '../destinations/support.js';
import {FakeClock} from '../support/fake-clock.js';
import {opening, thrownBy} from './opening.js';
import {type Server, startServer} from './server.js';

const complete = [state({v: 1}), status('COMPLETE')];

describe('PostgreSQL', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
    await server.query(`CREATE ROLE guest LOGIN PASSWORD 'guest-secret'`);
  });
  afterAll(() => server.stop());
  const guest = 'guest:guest-secret';

  test.each([
    ['a wrong password', () => server.url('s', 'admin:wrong-secret'), 'config_error', /refused the login .*PGPASSWORD/],
    ['no password', () => server.url('s', 'admin'), 'config_error', /asks for a password: set PGPASSWORD/],
    ['no such user', () => server.url('s', 'nobody:wrong-secret'), 'config_error', /refused the login/],
    [
      'no such database',
      () => server.url('s').replace('/postgres?', '/none?'),
      'config_error',
      /"none" does not exist: create it/,
    ],
    [
      'nothing listens',
      () => server.url('s').replace(`:${server.port}/`, ':1/'),
      'transient_error',
      /no PostgreSQL server answers at .* \(ECONNREFUSED\): check host and port/,
    ],
    [
      'an unknown host',
      () => server.url('s').replace('127.0.0.1', 'none.invalid'),
      'config_error',
      /the host none\.invalid is not known/,
    ],
    ['no TLS', () => `${server.url('s')}&sslmode=require`, 'config_error', /has no TLS: .*sslmode=disable/],
    [
      'no certificates',
      () => `${server.url('s')}&sslmode=verify-ca&sslrootcert=/none`,
      'config_error',
      /sslrootcert=\/none cannot be read/,
    ],
    [
      'no rights to a schema',
      () => server.url('mine', guest),
      'config_error',
      /permission denied.*CREATE ON SCHEMA "mine" TO "guest"/,
    ],
  ] as const)('%s', async (_, into, kind, message) => {
    const thrown = await opening(into());
    expect(thrown.text).toMatch(message);
    expect(thrown.kind).toBe(kind);
  });

  test('over a Unix socket; a user with rights to a schema only', async () => {
    await server.query('CREATE SCHEMA guests AUTHORIZATION guest');
    const into = `postgres://${guest}@localhost:${server.port}/postgres?host=${encodeURIComponent(server.socket)}&schema=guests`;
    await apply(into, catalog({mode: 'append_dedup', key: [['id']], cursor: ['at']}), [
      record('{"id":1}'),
      ...complete,
    ]);
    expect(await server.query('SELECT id FROM guests.rows')).toEqual([['1']]);
  });

  test('no temporary tables', async () => {
    await server.query('CREATE SCHEMA untemporary AUTHORIZATION guest');
    await server.query('REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC');
    const run = apply(server.url('untemporary', guest), catalog({}), [record('{"id":1}'), ...complete]);
    const {kind, text} = await thrownBy(run);
    await server.query('GRANT TEMPORARY ON DATABASE postgres TO PUBLIC');
    expect(kind).toBe('config_error');
    expect(text).toContain('GRANT TEMPORARY ON DATABASE');
  });

  test('a database that can only be read, or is not in UTF-8', async () => {
    await server.query('CREATE DATABASE readonly');
    await server.query('ALTER DATABASE readonly SET default_transaction_read_only = on');
    const readOnly = await opening(server.url('s').replace('/postgres?', '/readonly?'));
    expect(readOnly).toMatchObject({
      kind: 'config_error',
      text: expect.stringContaining('default_transaction_read_only'),
    });
    await server.query(`CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`);
    const latin = await opening(server.url('s').replace('/postgres?', '/latin?'));
    expect(latin).toMatchObject({kind: 'config_error', text: expect.stringContaining('holds LATIN1 text')});
  });

  test('a second process is told who has the schema; another schema is free', async () => {
    const first = await openDestination(server.url('one'), undefined, new FakeClock());
    try {
      const {kind, text} = await opening(server.url('one'));
      expect(kind).toBe('transient_error');
      expect(text).toMatch(
        /schema "one" of .* is in use by another sync \(server process \d+, from 127\.0\.0\.1, since /,
      );
      await (await openDestination(server.url('two'), undefined, new FakeClock())).close();
    } finally {
      await first.close();
    }
    await (await openDestination(server.url('one'), undefined, new FakeClock())).close();
  });

  test.each([
    [
      'its session is ended',
      () =>
        server.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'source-rest-api'`,
        ),
    ],
    [
      'the server crashes',
      async () => {
        await server.crash();
        await server.start();
      },
    ],
  ])(
    '%s in the middle: the run fails, what was committed is there with its state, the next run goes on',
    async (name, end) => {
      const schema = name.replaceAll(' ', '_');
      const lines = async function* (from: number, to: number, failing?: () => Promise<unknown>) {
        for (let n = from; n < to; n++) {
          if (n === 60) await failing?.();
          yield Buffer.from(`${record(`{"n":${n},"pad":"${'x'.repeat(20_000)}"}`)}\n${state({n})}\n`);
        }
        yield Buffer.from(`${status('COMPLETE')}\n`);
      };
      const clock = new FakeClock();
      const stored = async (input: AsyncIterable<Buffer>) => {
        const echoed: string[] = [];
        const ticking = (async function* () {
          for await (const chunk of input) {
            await clock.sleep(1_000);
            yield chunk;
          }
        })();
        const committed = (line: Buffer) => void echoed.push(line.toString('utf8'));
        const run = apply(server.url(schema), catalog({}), [], {input: ticking, clock, committed});
        return {
          echoed,
          failure: await run.then(
            () => undefined,
            (thrown: unknown) => thrown,
          ),
        };
      };
      const broken = await stored(lines(0, 100, end));
      expect(broken.failure).toMatchObject({failureType: 'transient_error'});
      expect(String(broken.failure)).toContain('was lost (');
      expect(String(broken.failure)).toContain('run this again');
      const [[count, text] = []] = await server.query(
        `SELECT (SELECT count(*) FROM "${schema}".rows), (SELECT state FROM "${schema}"._source_rest_api_streams)`,
      );
      const reached = Number((JSON.parse(text ?? '') as {n: number}).n);
      expect(Number(count)).toBe(reached + 1);
      expect(broken.echoed).toHaveLength(reached + 1);
      expect((await stored(lines(reached + 1, 100))).failure).toBeUndefined();
      expect(await server.query(`SELECT count(*), count(DISTINCT n) FROM "${schema}".rows`)).toEqual([['100', '100']]);
    },
    60_000,
  );

  test('a view stands in the way of a wider type, and of nothing else', async () => {
    const of = (generation: number) => catalog({mode: 'overwrite', generation, minimum: generation});
    const into = server.url('viewed');
    await apply(into, of(1), [record('{"id":1,"v":"a"}'), ...complete]);
    await server.query('CREATE VIEW viewed.seen AS SELECT id, v FROM viewed.rows');
    await server.query('GRANT USAGE ON SCHEMA viewed TO guest');
    await server.query('GRANT SELECT ON viewed.rows TO guest');
    await apply(into, of(2), [record('{"id":2}'), record('{"id":3,"w":1}'), ...complete]);
    expect(await server.query('SELECT * FROM viewed.seen ORDER BY id')).toEqual([
      ['2', null],
      ['3', null],
    ]);
    expect(await server.query(`SELECT has_table_privilege('guest', 'viewed.rows', 'SELECT')`)).toEqual([['t']]);
    const {kind, text} = await thrownBy(apply(into, of(3), [record('{"id":"text"}'), ...complete]));
    expect(kind).toBe('config_error');
    expect(text).toContain('drop what uses it (a view, a rule)');
    expect(text).toContain('view viewed.seen depends on column "id"');
    expect(await server.query('SELECT id FROM viewed.rows ORDER BY id')).toEqual([['2'], ['3']]);
  });

  test('a table that somebody else made is left alone; one that was dropped is made again', async () => {
    const into = server.url('foreign');
    await apply(into, catalog({name: 'other'}), []);
    await server.query('CREATE TABLE "foreign".rows (a integer)');
    const {text} = await thrownBy(apply(into, catalog({}), []));
    expect(text).toContain('"foreign"."rows" was not made by this command: rename it');
    await server.query('DROP TABLE "foreign".rows');
    await apply(into, catalog({}), [record('{"v":"a"}'), ...complete]);
    await server.query('DROP TABLE "foreign".rows');
    const {saved} = await apply(into, catalog({}), [record('{"w":1,"v":"b"}'), ...complete]);
    expect(await server.query('SELECT v FROM "foreign".rows')).toEqual([['b']]);
    expect(saved.streams).toMatchObject([{name: 'other'}, {name: 'rows', generation: 0}]);
  });
});
