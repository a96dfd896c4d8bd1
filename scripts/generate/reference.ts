import {readFileSync} from 'node:fs';
import type * as z from 'zod';
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

Texts may hold placeholders; \`{x|format}\` spells the value in a [format](#formats), and other braces are text:

| placeholder | value |
|---|---|
| \`{resources.<parent>.<path>}\` | a field of the parent's row |
| \`{incremental.start_value}\`, \`{incremental.end_value}\` | start and end of the read |
| \`{window.start}\`, \`{window.end}\` | of the window, with \`step\` |
| \`{vars.NAME}\` | \`variables\` |
| \`{secrets.NAME}\` | \`secrets\` |
| \`{auth.<path>}\` | a value of the token's answer; in \`base_url\` and headers |
| \`\${NAME}\` | the environment variable: in \`sync\`, \`try\`, \`explain\` and \`validate\`, in the protocol commands only with \`--env\` |

Every block of YAML below is a whole configuration.
`;

interface Snippet {
  readonly section: string;
  readonly caption: string;
  readonly text: string;
}

/** \`--- # section | caption\`, and a configuration. */
const snippets: readonly Snippet[] = readFileSync(new URL('snippets.yaml', import.meta.url), 'utf8')
  .split(/^---/m)
  .slice(1)
  .map((part) => {
    const [first = '', ...rest] = part.replace(/^\s*#\s*/, '').split('\n');
    const [section = '', ...caption] = first.split(' | ');
    return {section, caption: caption.join(' | '), text: rest.join('\n').trim()};
  });

/** A section and the configurations that belong to it. */
const withSnippets = (title: string, text: string): string =>
  [
    text.trimEnd(),
    ...snippets
      .filter(({section}) => section === title)
      .map((snippet) => `${snippet.caption}\n\n\`\`\`yaml\n${snippet.text}\n\`\`\``),
  ].join('\n\n');

const section = (title: string, text: string, schema: z.ZodType, level = 2): string =>
  withSnippets(title, `${'#'.repeat(level)} ${title}\n\n${text === '' ? '' : `${text}\n\n`}${table(schema)}`);

/** docs/configuration.md: every block, key, type, default and meaning, and whole configurations (a YAML stream). */
export function reference(examples: string): string {
  const blocks = [
    intro,
    section(
      'The document',
      'Beside these, `secrets` (an object, or a text that holds one as YAML or JSON) gives the values of `{secrets.NAME}`. Airbyte takes it only as a text, as in [Whole configurations](#whole-configurations); files may have either. The values are never shown in a log.',
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
      'Also as a parameter: `params: {since: {type: incremental, cursor_path: …}}`. Each sync reads from the greatest cursor value of the last one. Where the API takes no `start_param`, everything is read, and what is older is dropped here.',
      incremental,
      3,
    ),
    section(
      'Formats',
      'A format is `epoch_seconds`, `epoch_ms`, `iso8601`, `iso_date`, a strftime pattern, or an object. `2026-01-31T09:30:00Z` is `1769851800`, `1769851800000`, `2026-01-31T09:30:00Z`, `2026-01-31`, and with `%d.%m.%Y %H:%M` `31.01.2026 09:30`. All round down.',
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
    section(
      'discover',
      'The `discover` command reads the first pages of every stream and writes down the fields and types it sees: the catalog. Airbyte drops fields that the catalog lacks.',
      discover,
    ),
    section(
      'shard',
      'Several connections with the same configuration but for `index` share the work: each takes its part of the windows of a stream with `step`, and of the children by their topmost parent. Streams that have neither are read by `index: 0` alone. Without this key, `JOB_COMPLETION_INDEX` and `SHARD_COUNT` are taken from the environment: by the commands for people, and by the others with `--env`.',
      shard,
    ),
    worked(examples),
  ];
  return `${blocks.map((block) => block.trimEnd()).join('\n\n')}\n`;
}

function auth(): string {
  const kinds = authKinds.map((kind) =>
    withSnippets(kind.type, `### ${kind.type}\n\n${table(kind.schema, new Set(['type']))}`),
  );
  const several = 'A list, and an endpoint with its own';
  const text =
    'An object with `type` (`bearer` when it is missing), a type alone, a list of them (all together), or `null` and `none`. A missing `token`, `api_key`, `password`, `client_secret` or `refresh_token` is taken from `secrets` under that name.';
  return ['## auth', text, ...kinds, withSnippets(several, `### ${several}`)].join('\n\n');
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
    return withSnippets(type, `### ${type}\n\n${table(schema, new Set(['type', ...shared]))}`);
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
    "An object with `type`, or a type alone. The endpoint's is taken, else that of `resource_defaults`, else that of `client`, else `auto`. On an endpoint, `inherit` is the same as leaving the key out, `null` skips `resource_defaults`, and `auto` finds out on the first page, whatever the other levels say.",
    '### Keys of every paginator',
    widest === undefined ? '' : table(widest.schema, own).trimEnd(),
    ...blocks,
  ].join('\n\n');
}

const cel = `| in CEL | there are |
|---|---|
| operators | \`+ - * / %\`, \`== != < <= > >=\`, \`&& \\|\\| !\`, \`a ? b : c\`, \`x in list\`, \`list[0]\`, \`map["key"]\` |
| any value | \`has(r.key)\`, \`size(x)\`, \`type(x)\`, \`string(x)\`, \`int(x)\`, \`double(x)\`, \`bool(x)\`, \`cel.bind(name, value, expression)\` |
| texts | \`contains\`, \`startsWith\`, \`endsWith\`, \`matches\` (the pattern between quotes), \`indexOf\`, \`lastIndexOf\`, \`substring(from, to)\`, \`split\`, \`trim\`, \`lowerAscii\`, \`upperAscii\` |
| lists | \`map(x, …)\`, \`filter(x, …)\`, \`all(x, …)\`, \`exists(x, …)\`, \`exists_one(x, …)\`, \`join(",")\` |
| times | \`timestamp("2026-01-31T09:30:00Z")\`, \`duration("90s")\`, their \`+\`, \`-\` and comparison, \`getFullYear()\`, \`getMonth()\` (from 0), \`getDate()\`, \`getDayOfWeek()\`, \`getHours()\`, \`getMinutes()\`, \`getSeconds()\` |`;

function steps(): string {
  const blocks = stepKinds.map(({name, schema}) => {
    const keys = keysOf(schema).keys;
    return withSnippets(name, `### ${name}\n\n${keys.size === 0 ? (schema.meta()?.description ?? '') : table(schema)}`);
  });
  return [
    '## processing_steps',
    'A list, in order, before the incremental filter. Expressions are CEL over `record` (short `r`).',
    cel,
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
  const text =
    'Put your own values into `secrets`, or give them in the environment (`STRIPE_KEY=…`) and leave that line out.';
  return ['## Whole configurations', text, ...blocks].join('\n\n');
}
