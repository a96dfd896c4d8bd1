import {expect, test} from 'vitest';
import {attempt, source} from '../dlt/run.js';
import {type Handler, json, startApi} from '../support/api-server.js';

/** Spellings of another server; `good` is the port of the one in base_url. */
const elsewhere = (port: number, good: number): readonly string[] => [
  `http://127.0.0.1:${port}/x`,
  `//127.0.0.1:${port}/x`,
  `///127.0.0.1:${port}/x`,
  `http://127.0.0.1:${good}@127.0.0.1:${port}/x`,
  `\\\\127.0.0.1:${port}/x`,
  `http:\\\\127.0.0.1:${port}\\x`,
  `http://127.0.0.1:${port}\\@127.0.0.1:${good}/x`,
  `http://127.0.0.1:${port}#@127.0.0.1:${good}/x`,
  `/\\127.0.0.1:${port}/x`,
  `/\t/127.0.0.1:${port}/x`,
  `htt\np://127.0.0.1:${port}/x`,
  ` http://127.0.0.1:${port}/x`,
  `http:127.0.0.1:${port}/x`,
  `http:/127.0.0.1:${port}/x`,
  `HTTP://127.0.0.1:${port}/x`,
  `http://2130706433:${port}/x`,
  `http://[::ffff:127.0.0.1]:${port}/x`,
  `http://localhost:${port}/x`,
  `http://127。0。0。1:${port}/x`,
  `http://１27.0.0.1:${port}/x`,
  `https://127.0.0.1:${good}/x`,
  'file:///etc/passwd',
];

interface Way {
  readonly paginator: unknown;
  readonly answer: (link: string) => ReturnType<Handler>;
  readonly child?: boolean;
}

const latin = (text: string): string => Buffer.from(text.replace(/[\n\t]/g, '')).toString('latin1');

const ways: Readonly<Record<string, Way>> = {
  'a link in the body': {
    paginator: {type: 'json_link', next_url_path: 'next'},
    answer: (next) => json({data: [{id: 1}], next}),
  },
  'a detected link': {paginator: 'auto', answer: (next) => json({data: [{id: 1}], next})},
  'a Link header': {
    paginator: 'header_link',
    answer: (next) => json([{id: 1}], {headers: {link: `<${latin(next)}>; rel="next"`}}),
  },
  'a redirect': {paginator: 'single_page', answer: (next) => ({status: 302, headers: {location: latin(next)}})},
  'a path from a parent row': {paginator: 'single_page', child: true, answer: (link) => json([{id: 1, link}])},
};

test.each(Object.entries(ways))('%s never leads to another host, with or without credentials', async (_, way) => {
  await using evil = await startApi(() => json([{id: 'stolen'}]));
  let spellings: readonly string[] = [];
  await using api = await startApi(({path}) => {
    const spelling = spellings[Number(path.slice(1))];
    return spelling === undefined ? json([]) : way.answer(spelling);
  });
  spellings = elsewhere(evil.port, api.port);
  const resources = spellings.flatMap((_spelling, n) => [
    {name: `r${n}`, endpoint: {path: `${n}`}},
    ...(way.child === true ? [{name: `c${n}`, endpoint: {path: `{resources.r${n}.link}`}}] : []),
  ]);
  const auth = [
    {type: 'bearer', token: 'PLANTED-secret'},
    {type: 'api_key', name: 'k', location: 'query', api_key: 'PLANTED-key'},
  ];
  const client = {auth, retry: {max_retries: 0}, paginator: way.paginator};
  const run = await attempt(api, source(api, resources, client));
  expect(evil.requests).toEqual([]);
  expect(evil.connections).toBe(0);
  expect(JSON.stringify(run.messages.all)).not.toContain('PLANTED');
  expect(run.values('id')).not.toContain('stolen');
});
