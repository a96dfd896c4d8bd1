import type {Config, ResourceConfig} from '../../config/config.js';
import {choosePaginator} from '../../plan/resource.js';
import type {StreamPlan} from '../../stream/stream-plan.js';

/** What this stream does that dlt's rest_api does not, or does otherwise; only what its configuration touches. */
export function dltDifferences(resource: ResourceConfig, plan: StreamPlan, config: Config): readonly string[] {
  const {endpoint} = resource;
  if (endpoint === undefined) return ['records: static parents are ours'];
  const {type, options} = choosePaginator(endpoint, config, [...resource.place, 'endpoint']);
  const {cursor, parent} = plan;
  const rows: readonly (readonly [boolean, string])[] = [
    [
      type === 'offset' || type === 'page_number',
      'pages: a short page does not end the walk, and a total ends it only once the page is short; dlt believes the total',
    ],
    [
      type === 'offset',
      'pages: the next offset is counted by the rows received; dlt adds limit, and loses rows where the server has a cap',
    ],
    [type === 'auto', 'pages: detection ignores what lies inside the records, and the choice is kept in the state'],
    [
      type === 'page_number' && options['base_page'] === undefined && options['page'] === undefined,
      'pages: without base_page the first number is learnt from the server; dlt sends 0',
    ],
    [
      type === 'json_link' || type === 'header_link' || type === 'auto',
      'pages: links are followed to the configured hosts only; dlt sends the credentials to any',
    ],
    [true, 'pages: a page or position that comes again ends the walk with an error (on_repeat); dlt loops'],
    [
      endpoint.data_selector === undefined,
      'records: a list found by itself is kept for the resource; dlt guesses on every page',
    ],
    [
      endpoint.data_selector !== undefined,
      'records: a selector that misses where there are rows is an error; dlt reads nothing and says nothing',
    ],
    [parent !== undefined, 'parent: 404 and 410 of one parent skip it with a warning; dlt fails'],
    [parent !== undefined, 'parent: its rows are read once for all children, and its values are encoded in the path'],
    [
      cursor !== undefined,
      'cursor: it never passes the moment at which the walk began; dlt moves it to the greatest value seen',
    ],
    [cursor !== undefined && parent !== undefined, 'cursor: one per parent; dlt keeps one for all and skips rows'],
    [
      cursor !== undefined && cursor.missing === 'include',
      'cursor: rows without a value are kept (on_cursor_value_missing: include); dlt raises',
    ],
    [cursor?.lag !== undefined, 'cursor: lag works for every spelling of the value; dlt needs ISO dates or numbers'],
    [
      endpoint.response_actions.length > 0,
      'failures: response_actions match in their order, types of json conditions count',
    ],
    [
      true,
      'failures: retries also cover 2xx answers that do not parse and bodies cut short; a wait that the server names uses up none',
    ],
    [resource.processing_steps.length > 0, 'steps: CEL in place of Python'],
    [true, 'values: numbers, decimals and duplicate keys arrive as they were sent; nothing is normalised into tables'],
  ];
  return rows.flatMap(([applies, text]) => (applies ? [text] : []));
}
