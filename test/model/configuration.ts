import {kinds} from './kinds.js';
import type {Scenario} from './scenario.js';

/** Far behind every counter: the fixed end of windows over numbers. */
const numericEnd = {big: '9007199254741053', numericText: '"60"', decimal: '0.60', minNumber: '0', text: '"z"'};

/** The scenario as somebody would write it: JSON text, for numbers beyond doubles. */
export function configurationOf(scenario: Scenario, baseUrl: string, shard?: number): string {
  const {levels, shards, width} = scenario;
  const resources = [...(levels === 3 ? [groups] : []), ...(levels > 1 ? [parents(scenario)] : []), items(scenario)];
  const document = {
    client: {base_url: baseUrl, concurrency: width, retry: {max_retries: 0}},
    resources,
    ...(shards > 1 && shard !== undefined && {shard: {index: shard, of: shards}}),
  };
  // Exact numbers stand as "#text#" until here.
  return JSON.stringify(document).replace(/"#((?:[^#\\]|\\.)*)#"/g, (_, text: string) => JSON.parse(`"${text}"`));
}

const groups = {
  name: 'groups',
  primary_key: 'id',
  endpoint: {path: 'groups', data_selector: 'data', paginator: 'single_page'},
};

function parents({levels, parentPaginator, parentIncremental, pageSize, parentsRead}: Scenario): object {
  return {
    name: 'parents',
    primary_key: 'id',
    ...(!parentsRead && {selected: false}),
    endpoint: {
      path: levels === 3 ? 'groups/{resources.groups.id}/parents' : 'parents',
      data_selector: 'data',
      paginator: paginatorOf(parentPaginator, Math.max(2, Math.min(pageSize, 2))),
      ...(parentIncremental && {
        params: {since: '{incremental.start_value}'},
        incremental: {cursor_path: 'updated', initial_value: '2026-01-09T00:00:00.000Z'},
      }),
    },
  };
}

function items(scenario: Scenario): object {
  const {levels, paginator, pageSize, kind, since, until, parentIncremental, ignored} = scenario;
  const sent = {
    ...(kind !== 'none' && since !== 'none' && {since: '{incremental.start_value}'}),
    ...(kind !== 'none' && until !== 'none' && {until: '{incremental.end_value}'}),
  };
  return {
    name: 'items',
    primary_key: 'id',
    ...(levels > 1 && {include_from_parent: ['id']}),
    ...(parentIncremental && {parent_incremental: true}),
    endpoint: {
      path: levels > 1 ? 'parents/{resources.parents.key}/items' : 'items',
      data_selector: 'data',
      ...(paginator === 'token_body' ? {method: 'POST', json: sent} : {params: sent}),
      paginator: paginatorOf(paginator, pageSize),
      ...(kind !== 'none' && {incremental: incremental(scenario)}),
      ...(ignored && {response_actions: [{status_code: 503, action: 'ignore'}]}),
    },
  };
}

function incremental(scenario: Scenario): object {
  const {kind: name, initial, order, lag, step, delay, now, windowLimit, convert, rows} = scenario;
  if (name === 'none') return {};
  const kind = kinds[name];
  const fixed = Object.entries(numericEnd).find(([candidate]) => candidate === name)?.[1];
  return {
    cursor_path: 'updated',
    ...(initial && {initial_value: `#${kind.initial}#`}),
    ...('options' in kind && kind.options),
    ...(order !== 'none' && {row_order: order}),
    ...(lag > 0 && {lag: exact(kind.span(lag))}),
    ...(delay > 0 && {delay: kind.span(delay)}),
    ...(step > 0 && {step: exact(kind.span(step))}),
    ...(step > 0 && !kind.time && {end_value: `#${fixed ?? ''}#`}),
    ...(now && {end_value: 'now'}),
    ...(windowLimit && {window_limit: Math.max(6, rows)}),
    ...(convert === 'epoch_seconds' && {convert}),
    ...(convert === 'minutes' && {convert: '%Y-%m-%d %H:%M'}),
  };
}

const exact = (value: unknown): unknown => (typeof value === 'number' ? `#${value}#` : value);

function paginatorOf(paginator: Scenario['paginator'], limit: number): unknown {
  const paged = {type: 'page_number', limit, limit_param: 'limit'};
  switch (paginator) {
    case 'offset':
      return {type: 'offset', limit, total_path: null};
    case 'offset_total':
      return {type: 'offset', limit, total_path: 'total'};
    case 'page_number':
      return {...paged, base_page: 1, total_path: null};
    case 'page_total':
      return {...paged, base_page: 1, total_path: 'pages'};
    case 'page_flag':
      return {...paged, base_page: 1, total_path: null, has_more_path: 'more'};
    case 'page_unknown':
      return {...paged, total_path: null};
    case 'token':
      return {type: 'cursor', cursor_path: 'next_token', cursor_param: 'after'};
    case 'token_body':
      return {type: 'cursor', cursor_path: 'next_token', cursor_body_path: 'after'};
    case 'last_record':
      return {
        type: 'cursor',
        cursor_from: 'last_record',
        cursor_path: 'id',
        cursor_param: 'after',
        has_more_path: 'more',
      };
    case 'json_link':
      return {type: 'json_link', next_url_path: 'next'};
    case 'header_cursor':
      return {type: 'header_cursor', cursor_key: 'x-next', cursor_param: 'after'};
    case 'header_link':
    case 'single_page':
    case 'auto':
      return paginator;
  }
}
