import type {ResourceConfig} from '../../config/config.js';
import {flowText} from '../../config/flow-text.js';
import {counted} from '../../counted.js';
import type {Json, JsonObject} from '../../json/exact.js';
import type {Segment} from '../../json/path.js';
import {describe} from '../../schema/catalog.js';
import {typeText} from './schema-table.js';
import type {Trial} from './trial.js';
import type {WalkRecord} from './walk-record.js';

/** Something that the configuration may say, ready to be pasted. */
export interface Suggestion {
  readonly stream: string;
  /** `primary_key: id` */
  readonly text: string;
  readonly why: string;
  /** What has to be known before it is written. */
  readonly caution?: string;
  /** Where it stands in the document. */
  readonly path: readonly Segment[];
  readonly value: Json;
}

interface Seen {
  readonly trial: Trial;
  readonly walks: readonly WalkRecord[];
  readonly resource: ResourceConfig;
  /** Type and options of the configured paginator. */
  readonly paginator: JsonObject;
}

/** What a trial shows that is not written yet. */
export function suggestions(seen: Seen): readonly Suggestion[] {
  return [
    ...keySuggestion(seen),
    ...paginatorSuggestion(seen),
    ...selectorSuggestion(seen),
    ...limitSuggestion(seen),
    ...orderSuggestion(seen),
    ...columnSuggestions(seen),
  ];
}

const make = ({resource}: Seen, within: readonly Segment[], value: Json, why: string): Suggestion => ({
  stream: resource.name,
  text: `${within.filter((segment) => segment !== 'endpoint').join('.')}: ${flowText(value, false)}`,
  why,
  path: [...resource.place, ...within],
  value,
});

const keyLike = /^(?:id|_id|uuid|guid|key|code|slug|number|sku|\w+_?id)$/i;

/** Fields that can be the key, the likeliest first. */
export function keyCandidates({unique, observed}: Trial): readonly string[] {
  const few = observed.values < 20;
  const rank = (name: string): number =>
    /^_?id$/i.test(name) ? 0 : /^(?:uuid|guid|key)$/i.test(name) ? 1 : keyLike.test(name) ? 2 : 3;
  return unique.names
    .filter((name) => keyLike.test(name) || (!few && isWhole(observed.members.get(name))))
    .sort((a, b) => rank(a) - rank(b));
}

const isWhole = (seen: Trial['observed'] | undefined): boolean => seen !== undefined && seen.integers === seen.values;

function keySuggestion(seen: Seen): readonly Suggestion[] {
  if (seen.resource.primary_key.length > 0) return [];
  const [name] = keyCandidates(seen.trial).filter((one) => keyLike.test(one));
  if (name === undefined) return [];
  return [make(seen, ['primary_key'], name, `unique in ${counted(seen.trial.observed.values, 'record')}`)];
}

function paginatorSuggestion(seen: Seen): readonly Suggestion[] {
  if (seen.paginator['type'] !== 'auto') return [];
  const by = seen.walks.flatMap(({sent}) => sent.flatMap(({next}) => (next === undefined ? [] : [next.by])))[0];
  if (by === undefined || by['type'] === 'auto') return [];
  const type = by['type'];
  const value = Object.keys(by).length === 1 && type !== undefined ? type : by;
  return [make(seen, ['endpoint', 'paginator'], value, 'detected on the first page')];
}

function selectorSuggestion(seen: Seen): readonly Suggestion[] {
  if (seen.resource.endpoint?.data_selector !== undefined) return [];
  const settled = seen.walks.flatMap(({sent}) => sent.map((one) => one.settled)).find((text) => text !== undefined);
  if (settled === undefined || settled === '$') return [];
  const text = settled.replace(/^\$\.(?=[A-Za-z_][\w.]*$)/, '');
  return [make(seen, ['endpoint', 'data_selector'], text, 'where the records were found')];
}

/** The server gives less than is asked for, and more follow. */
function limitSuggestion(seen: Seen): readonly Suggestion[] {
  const {limit} = seen.paginator;
  if (typeof limit !== 'number') return [];
  const pages = seen.walks.flatMap(({sent}) =>
    sent.filter(({next}) => next !== undefined).map((one) => one.answered?.rows ?? 0),
  );
  const most = Math.max(...pages, 0);
  if (most === 0 || most >= limit || pages.length < 2) return [];
  const why = `the server gives at most ${counted(most, 'row')} a page`;
  const whole = make(seen, ['endpoint', 'paginator'], {...seen.paginator, limit: most}, why);
  return [{...whole, text: `paginator.limit: ${most}`}];
}

function orderSuggestion(seen: Seen): readonly Suggestion[] {
  const {cursor} = seen.trial.plan;
  const order = seen.trial.order.found;
  const place = seen.resource.endpoint?.incremental?.place;
  if (cursor === undefined || cursor.order !== undefined || order === undefined || place === undefined) return [];
  const why = 'all rows came so';
  const caution = 'if the API promises it';
  return [
    {
      stream: seen.resource.name,
      text: `row_order: ${order}`,
      why,
      caution,
      path: [...place, 'row_order'],
      value: order,
    },
  ];
}

const dataTypes: Readonly<Record<string, string>> = {
  integer: 'bigint',
  number: 'double',
  string: 'text',
  boolean: 'bool',
  date: 'date',
  timestamp: 'timestamp',
  'timestamp with zone': 'timestamp',
  object: 'json',
};

/** Declared types that no value has. */
function columnSuggestions(seen: Seen): readonly Suggestion[] {
  const {plan, observed} = seen.trial;
  const found = describe(plan.name, {...plan.schema, columns: {}}, observed).entry.json_schema['properties'];
  const inferred = new Map(Object.entries(typeof found === 'object' && found !== null ? found : {}));
  const {warnings} = describe(plan.name, plan.schema, observed);
  return Object.keys(plan.schema.columns).flatMap((name) => {
    if (!warnings.some((warning) => warning.startsWith(`column ${name}: no value has`))) return [];
    const type = typeText(inferred.get(name) ?? {});
    const hint = type.startsWith('list') ? 'json' : dataTypes[type];
    if (hint === undefined) return [];
    return [make(seen, ['columns', name, 'data_type'], hint, `its values are ${type}, none has the declared type`)];
  });
}
