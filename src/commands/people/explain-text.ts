import type {Config, EndpointConfig, IncrementalConfig, ResourceConfig} from '../../config/config.js';
import {counted} from '../../counted.js';
import {impliedHeaders} from '../../http/wire.js';
import {ExactNumber, type Json, printExact} from '../../json/exact.js';
import {choosePaginator} from '../../plan/resource.js';
import type {StreamPlan} from '../../stream/stream-plan.js';
import {credentialText} from './credential-text.js';
import type {FirstRequest} from './first-request.js';
import {paginatorText} from './paginator-text.js';
import {credentialLine} from './request-details.js';
import {bodyText, urlOf} from './request-text.js';

export interface Explained {
  readonly resource: ResourceConfig;
  readonly plan: StreamPlan;
  readonly config: Config;
  readonly first: FirstRequest;
  /** `acme.yaml:12` */
  readonly place: string;
  /** Names of the streams below it. */
  readonly children: readonly string[];
  /** Where a placeholder's value comes from: `acme.env`. */
  readonly originOf: (placeholder: string) => string | undefined;
}

const headWidth = 79;

/** What one resource asks and does, a line for each matter. */
export function explainText(explained: Explained): string {
  const {resource, plan, place, config} = explained;
  const {endpoint} = resource;
  const head = `${resource.name.padEnd(Math.max(1, headWidth - place.length))}${place}`;
  const lines: (readonly [string, string])[] = [];
  if (endpoint === undefined)
    lines.push(['records', `${resource.records?.length ?? 0} static records: nothing is requested`]);
  else {
    lines.push(...requestLines(explained, endpoint));
    lines.push(['records', recordsText(endpoint, plan)]);
    lines.push(['pages', paginatorText(choosePaginator(endpoint, config, resource.place), config.client.max_pages)]);
    if (endpoint.incremental !== undefined) lines.push(['cursor', cursorText(endpoint, endpoint.incremental)]);
  }
  lines.push(...kinLines(explained));
  if (resource.processing_steps.length > 0) {
    lines.push([
      'steps',
      resource.processing_steps.map(({name, options}) => `${name} ${printExact(options)}`).join(' · '),
    ]);
  }
  if (endpoint !== undefined) {
    lines.push(['failures', failuresText(endpoint)]);
    lines.push(['hosts', `${hostsText(config, endpoint)}     schema  ${schemaText(resource, config)}`]);
  }
  return [head, ...lines.map(([name, text]) => ` ${name.padEnd(10)} ${text}`)].join('\n');
}

function requestLines(
  {first, resource, config, originOf}: Explained,
  endpoint: EndpointConfig,
): (readonly [string, string])[] {
  const blocks = endpoint.auth.map((block) => credentialLine(block, originOf(credentialText(block).from)));
  const inQuery = blocks.filter((line) => line.startsWith('?'));
  const others = blocks.filter((line) => !line.startsWith('?'));
  if ('because' in first) {
    const base = endpoint.path.includes('://') ? '' : `${config.client.base_url.replace(/\/$/, '')}/`;
    const template = `${endpoint.method} ${base}${endpoint.path.replace(/^\//, '')}`;
    return [
      ['request', `${template}   (${first.because})`],
      ['headers', headersText(others, config, endpoint)],
    ];
  }
  const {spec, readable} = first;
  const url = readable(readableUrl(urlOf(spec)));
  const extra = inQuery.map((line) => `${url.includes('?') ? '&' : '?'}${line.slice(1)}`).join('');
  const body = readable(bodyText(spec));
  const sent = Object.entries(spec.headers).map(([name, value]) => `${name}: ${readable(value)}`);
  for (const [name, value] of Object.entries(impliedHeaders(spec))) sent.push(`${name}: ${value} (default)`);
  return [
    ['request', `${spec.method} ${url}${extra}${resource.parent_incremental ? '   (changed parents only)' : ''}`],
    ...(body === '' ? [] : [['body', body] as const]),
    ['headers', [...others, ...sent].join('   ')],
  ];
}

const headersText = (credentials: readonly string[], {client}: Config, {headers}: EndpointConfig): string =>
  [
    ...credentials,
    ...Object.entries({...client.headers, ...headers}).map(([name, value]) => `${name}: ${valueText(value)}`),
  ].join('   ');

const valueText = (value: unknown): string => (value instanceof ExactNumber ? value.text : String(value));

/** Characters that are safe to read unencoded; what is sent has them encoded. */
const readableUrl = (url: string): string =>
  url.replaceAll(/%(3A|2C|5B|5D|2F|7B|7D|3C|3E)/gi, (code) => decodeURIComponent(code));

function recordsText({data_selector, data_selector_key_as}: EndpointConfig, {want}: StreamPlan): string {
  const as = data_selector_key_as === undefined ? '' : `, the key of each as ${data_selector_key_as}`;
  if (data_selector === undefined) {
    return want.records.entity
      ? '$, the body is one record'
      : `found on the first page with rows: a list named ${want.records.names.join(' or ')}, data, items, results, … (default)`;
  }
  const text = typeof data_selector === 'string' ? data_selector : data_selector.join('.');
  return `${text === '' ? '$' : text}${as}     configured`;
}

/** Whether some part of the request holds the start of what is read. */
const sendsStart = ({path, params, headers, json, data}: EndpointConfig): boolean =>
  /\{(?:incremental|window)\./.test(JSON.stringify([path, params, headers, json, data]));

function cursorText(endpoint: EndpointConfig, incremental: IncrementalConfig): string {
  const {
    cursor_path,
    start_param,
    end_param,
    convert,
    initial_value,
    end_value,
    row_order,
    step,
    lag,
    delay,
    last_value_func,
  } = incremental;
  const parts = [
    `${cursor_path}${start_param === undefined ? '' : ` → ${start_param}`}${end_param === undefined ? '' : `, end → ${end_param}`}`,
    ...(start_param === undefined && row_order !== 'desc' && !sendsStart(endpoint)
      ? ['sent nowhere: every sync reads all pages and drops older rows here (start_param names the parameter)']
      : []),
    ...(convert === undefined ? [] : [`sent as ${typeof convert === 'string' ? convert : printExact(plain(convert))}`]),
    initial_value === undefined ? 'no start: the first run reads everything' : `from ${valueText(initial_value)}`,
    ...(end_value === undefined ? [] : [`to ${valueText(end_value)}`]),
    ...(step === undefined ? [] : [`windows of ${valueText(step)}`]),
    ...(lag === undefined
      ? []
      : [
          `lag ${valueText(lag)}${typeof lag === 'string' && lag.startsWith('P') ? '' : ' (days of dates, seconds of times)'}`,
        ]),
    ...(delay === undefined ? [] : [`delay ${valueText(delay)}`]),
    ...(last_value_func === 'min' ? ['the smallest value counts'] : []),
  ];
  const moves =
    row_order === 'asc'
      ? 'moves page by page (row_order: asc)'
      : row_order === 'desc'
        ? 'moves at the end of the walk, which ends at the first older row (row_order: desc)'
        : 'moves at the end of the walk (row_order not declared)';
  return `${parts.join(', ')}; ${moves}`;
}

const plain = (value: object): Json => JSON.parse(JSON.stringify(value));

function kinLines({resource, plan, children, config}: Explained): (readonly [string, string])[] {
  const key = resource.primary_key.map((path) => path.join('.')).join(' + ');
  const merge =
    key === '' ? 'none: rows are appended' : `${key} → merge${resource.key_is_default ? ' (resource_defaults)' : ''}`;
  const kids =
    children.length === 0
      ? ''
      : `     children  ${children.join(', ')} (one request per row of ${resource.name}, ${config.client.concurrency} at a time)`;
  const {parent} = plan;
  const own: (readonly [string, string])[] = [];
  if (parent !== undefined) {
    const bound = parent.fields.slice(0, parent.bound).map(({text}) => text);
    const columns = parent.included.map(({column}) => column);
    const added = columns.length === 0 ? '' : `; adds ${columns.join(', ')}`;
    const missing = parent.onMissing === 'fail' ? 'a row without it fails' : 'a row without it is skipped';
    own.push(['parent', `${parent.plan.name}: one walk per ${bound.join(' + ')}; ${missing}${added}`]);
  }
  return [['key', merge + kids], ...own];
}

const refreshed = new Set(['oauth2_client_credentials', 'oauth2_refresh_token', 'session_token']);

function failuresText({retry, response_actions, auth}: EndpointConfig): string {
  const {max_retries, backoff_factor, status_codes, max_delay} = retry;
  const waits = Array.from({length: Math.min(max_retries, 5)}, (_, n) =>
    Math.min(backoff_factor * 2 ** n, max_delay / 1_000),
  );
  const codes = ['429', '5xx', 'timeouts', ...status_codes.map(String)].join(', ');
  const again =
    max_retries === 0
      ? `${codes} are not repeated`
      : `${codes} ×${max_retries} after ${waits.join(', ')}${max_retries > 5 ? ', …' : ''} s or as the server says`;
  const actions = response_actions.map(({status_code, content, json, action}) => {
    const on = [status_code, content === undefined ? undefined : `"${content}"`, json?.path].filter(
      (one) => one !== undefined,
    );
    return `${on.join(' and ')} ${action}`;
  });
  const denied = auth.some(({type}) => refreshed.has(type))
    ? '401 refresh, then config_error'
    : '401, 403 config_error';
  return [again, ...actions, denied, 'others fail'].join(' · ');
}

function hostsText({client}: Config, {path}: EndpointConfig): string {
  const hosts = new Set([client.base_url, path].flatMap((text) => hostOf(text) ?? []));
  const all = [...hosts, ...client.allowed_hosts];
  // A placeholder may be a whole origin, or stand within one.
  const parts = client.base_url.startsWith('{') ? 1 : 3;
  if (all.length === 0) return `${client.base_url.split('/', parts).join('/')} only`;
  return `${all.join(', ')} only`;
}

function hostOf(text: string): string | undefined {
  const match = /^(https?):\/\/([^/?#{}]+)(?:[/?#]|$)/i.exec(text);
  if (match === null) return undefined;
  const host = (match[2] ?? '').replace(/^[^@]*@/, '');
  return /:\d+$/.test(host) ? host : `${host}:${match[1]?.toLowerCase() === 'https' ? 443 : 80}`;
}

function schemaText({schema, columns}: ResourceConfig, {discover}: Config): string {
  if (schema === 'schemaless') return 'schemaless: one column data';
  if (schema !== undefined) return 'declared: no sample';
  const declared = Object.keys(columns).length;
  const also = declared === 0 ? '' : `, ${declared} declared columns`;
  return `${counted(discover.sample_pages, 'sample page')}, ${counted(discover.sample_records, 'row')}${also}`;
}
