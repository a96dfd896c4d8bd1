import fc from 'fast-check';
import {expect, test} from 'vitest';
import {parse} from 'yaml';
import {readConfig} from '../../src/config/load.js';
import {formatProblems, toConnectorError} from '../../src/config/problem.js';
import {Secrets} from '../../src/secrets.js';
import {examples} from './examples.js';
import {change, places} from './mutation.js';

const secret = 'sEcReT-value-1234';

const own = [
  {
    client: {
      base_url: 'https://a.example',
      auth: {type: 'bearer', token: secret},
      headers: {Authorization: `Bearer ${secret}`},
    },
    resource_defaults: {primary_key: 'id', endpoint: {params: {limit: 5}}},
    resources: [
      'a',
      {
        name: 'b',
        endpoint: {
          path: 'x',
          paginator: {type: 'offset', limit: 3},
          params: {a: [1], b: {type: 'resolve', resource: 'a', field: 'id'}},
        },
      },
    ],
    secrets: {token: secret},
  },
  {
    base_url: 'https://a.example',
    auth: {type: 'http_basic', username: 'u', password: secret},
    pagination: {type: 'auto'},
    streams: [{name: 'a', query_parameters: [{name: 'x', value: 'y'}]}],
    secrets: `token: ${secret}`,
  },
  {config: 'client: {base_url: "https://a.example"}\nresources: [a]', secrets: JSON.stringify({token: secret})},
];
const seeds: unknown[] = [...own, ...examples.map(({text}) => parse(text))];

test('a changed configuration loads or has located errors, and tells no secret', () => {
  fc.assert(
    fc.property(
      fc.nat(seeds.length - 1),
      fc.array(fc.tuple(fc.nat(), change), {minLength: 1, maxLength: 4}),
      fc.boolean(),
      (seed, changes, asText) => {
        const value = structuredClone(seeds[seed]);
        for (const [at, apply] of changes) {
          const all = places(value);
          const place = all[at % Math.max(all.length, 1)];
          if (place !== undefined) apply(...place, all[(at * 7 + 3) % all.length] ?? place);
        }
        const secrets = new Secrets();
        const {config, problems, document} = readConfig(asText ? {text: JSON.stringify(value)} : {value}, {secrets});
        const errors = problems.filter((problem) => problem.level === 'error');
        expect(config === undefined).toBe(errors.length > 0);
        const lines = formatProblems(problems, document);
        for (const [index, line] of lines.entries()) {
          expect(line).not.toContain('\n');
          expect(problems[index]?.message).not.toMatch(/Invalid input|Unrecognized|undefined|\[object/);
          expect(line.split(secret).length - 1 <= placeCount(problems, secret)).toBe(true);
        }
        expect(toConnectorError(problems, document) === undefined).toBe(errors.length === 0);
      },
    ),
    {numRuns: 300},
  );
}, 60_000);

/** A secret used as a key stands in the path; nowhere else. */
const placeCount = (problems: readonly {readonly path: readonly unknown[]}[], text: string): number =>
  problems.filter(({path}) => path.some((segment) => String(segment).includes(text))).length;

test('broken text never throws', () => {
  const text = examples.map((example) => example.text).join('');
  fc.assert(
    fc.property(fc.nat(text.length), fc.nat(400), fc.string({maxLength: 5}), (start, length, inserted) => {
      const part = text.slice(start, start + length);
      const broken = part.slice(0, length / 2) + inserted + part.slice(length / 2 + 1);
      const {problems, document, config} = readConfig({text: broken}, {secrets: new Secrets()});
      expect(config !== undefined || problems.length > 0).toBe(true);
      expect(formatProblems(problems, document).every((line) => !line.includes('\n'))).toBe(true);
    }),
    {numRuns: 200},
  );
}, 60_000);

test('a large configuration loads in time', () => {
  const resources = Array.from({length: 2000}, (_, index) => ({
    name: `r${index}`,
    endpoint: {path: `p/${index}`, params: {limit: 100}, data_selector: 'data'},
  }));
  const {config} = readConfig(
    {text: JSON.stringify({client: {base_url: 'https://a.example'}, resources}, null, 1)},
    {secrets: new Secrets()},
  );
  expect(config?.resources).toHaveLength(2000);
});
