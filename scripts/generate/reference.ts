import type {z} from 'zod';
import {authKinds} from '../../src/auth/table.js';
import {formats} from '../../src/body/formats.js';
import {client} from '../../src/config/schema/client.js';
import {column} from '../../src/config/schema/columns.js';
import {discover} from '../../src/config/schema/discover.js';
import {document} from '../../src/config/schema/document.js';
import {endpoint} from '../../src/config/schema/endpoint.js';
import {formatKeys, incremental} from '../../src/config/schema/incremental.js';
import {rateLimit} from '../../src/config/schema/rate-limit.js';
import {resource} from '../../src/config/schema/resource.js';
import {response} from '../../src/config/schema/response.js';
import {responseAction} from '../../src/config/schema/response-actions.js';
import {retry} from '../../src/config/schema/retry.js';
import {shard} from '../../src/config/schema/shard.js';
import {paginators} from '../../src/pagination/table.js';
import {stepKinds} from '../../src/steps/table.js';
import {keysOf, table} from './table.js';

const intro = `# Configuration reference

Generated from \`src/config/schema\` and the tables of \`src/pagination\`, \`src/auth\`, \`src/steps\` and \`src/body\` by
\`npm run generate\`. Do not edit.

A configuration is JSON or YAML in the vocabulary of dlt's \`rest_api\` source. Unknown keys are errors. \`null\` is the same as
leaving a key out, unless its meaning says otherwise. Durations are seconds or ISO 8601 (\`PT5M\`); sizes are bytes or a text
such as \`256MB\`.

Texts may hold placeholders: \`{resources.<parent>.<path>}\`, \`{incremental.start_value}\`, \`{window.start}\`, \`{window.end}\`,
\`{vars.NAME}\`, \`{secrets.NAME}\`; \`{x|format}\` spells the value in a format.
`;

const section = (title: string, text: string, schema: z.ZodType, level = 2): string =>
  `${'#'.repeat(level)} ${title}\n\n${text === '' ? '' : `${text}\n\n`}${table(schema)}`;

/** docs/configuration.md: every block, key, type, default and meaning, and whole configurations (a YAML stream). */
export function reference(examples: string): string {
  const blocks = [
    intro,
    section(
      'The document',
      'Beside these, `secrets` (an object, or a text that holds one as YAML or JSON) gives the values of `{secrets.NAME}`.',
      document,
    ),
    section('client', '', client),
    section('client.retry', 'An endpoint may have `retry` too: it is merged over this key by key.', retry, 3),
    section('client.rate_limit', '', rateLimit, 3),
    auth(),
    section(
      'resources',
      'A text is the name and the path of a resource. `resource_defaults` takes the same keys but `name` and `records`.',
      resource,
    ),
    section('endpoint', 'A text is the path.', endpoint),
    section('endpoint.response', '', response, 3),
    ...formats.flatMap(({name, options}) =>
      options === undefined ? [] : [section(`endpoint.response.${name}`, '', options, 4)],
    ),
    section(
      'endpoint.incremental',
      'Also as a parameter: `params: {since: {type: incremental, cursor_path: …}}`.',
      incremental,
      3,
    ),
    section(
      'Formats',
      'A format is `epoch_seconds`, `epoch_ms`, `iso8601`, `iso_date`, a strftime pattern, or an object:',
      formatKeys,
      4,
    ),
    section(
      'endpoint.response_actions',
      'A list; the first entry that matches wins. All conditions of an entry must hold.',
      responseAction,
      3,
    ),
    pagination(),
    steps(),
    section('columns', '', column),
    section('discover', '', discover),
    section('shard', '', shard),
    worked(examples),
  ];
  return `${blocks.map((block) => block.trimEnd()).join('\n\n')}\n`;
}

function auth(): string {
  const kinds = authKinds.map((kind) => `### ${kind.type}\n\n${table(kind.schema, new Set(['type']))}`);
  const text =
    'An object with `type` (`bearer` when it is missing), a type alone, a list of them (all together), or `null` and `none`. A missing `token`, `api_key`, `password`, `client_secret` or `refresh_token` is taken from `secrets` under that name.';
  return ['## auth', text, ...kinds.map((kind) => kind.trimEnd())].join('\n\n');
}

/** Keys that all paginators share are listed once. */
function pagination(): string {
  const all = paginators.map(({type, schema}) => ({type, schema, keys: keysOf(schema).keys}));
  const counts = new Map<string, number>();
  for (const {keys} of all) {
    for (const [key, schema] of keys) {
      const id = `${key} ${JSON.stringify(schema)}`;
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  const common = (key: string, schema: object) => (counts.get(`${key} ${JSON.stringify(schema)}`) ?? 0) >= 3;
  const blocks = all.map(({type, schema, keys}) => {
    const shared = [...keys].filter(([key, value]) => common(key, value)).map(([key]) => key);
    return `### ${type}\n\n${table(schema, new Set(['type', ...shared]))}`.trimEnd();
  });
  const widest = all.toSorted((a, b) => commonCount(b.keys) - commonCount(a.keys))[0];
  function commonCount(keys: ReadonlyMap<string, object>): number {
    return [...keys].filter(([key, value]) => common(key, value)).length;
  }
  const own = new Set([
    'type',
    ...[...(widest?.keys ?? [])].filter(([key, value]) => !common(key, value)).map(([key]) => key),
  ]);
  return [
    '## paginator',
    'An object with `type`, or a type alone. On an endpoint `null` cancels `resource_defaults`, `inherit` takes the next level, `auto` always detects.',
    '### Keys of every paginator',
    widest === undefined ? '' : table(widest.schema, own).trimEnd(),
    ...blocks,
  ].join('\n\n');
}

function steps(): string {
  const blocks = stepKinds.map(({name, schema}) => {
    const keys = keysOf(schema).keys;
    return `### ${name}\n\n${keys.size === 0 ? (schema.meta()?.description ?? '') : table(schema)}`.trimEnd();
  });
  return [
    '## processing_steps',
    'A list, in order, before the incremental filter. CEL sees `record` (short `r`).',
    ...blocks,
  ].join('\n\n');
}

/** One code block per document; the comment behind `---` is its title. */
function worked(examples: string): string {
  const documents = examples.split(/^---/m).slice(1);
  const blocks = documents.map((text) => {
    const [first = '', ...rest] = text.replace(/^\s*/, '').split('\n');
    return `### ${first.replace(/^#\s*/, '')}\n\n\`\`\`yaml\n${rest.join('\n').trim()}\n\`\`\``;
  });
  return ['## Whole configurations', ...blocks].join('\n\n');
}
