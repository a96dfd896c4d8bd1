import type {Random} from './random.js';
import type {Scenario} from './scenario.js';

export interface Listed {
  /** Where it stands in the list: by rank, then by tie. */
  readonly rank: number;
  readonly tie: number;
  readonly text: string;
}

export interface Served {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Paging {
  readonly scenario: Scenario;
  readonly values: Readonly<Record<string, string>>;
  readonly url: URL;
  readonly run: number;
  readonly paginator: Scenario['paginator'];
  /** Rows of this page at most. */
  readonly size: number;
}

/** How many rows the next page holds. */
export function size({pageSize, uneven}: Scenario, random: Random): number {
  return uneven && random.chance(0.4) ? random.between(1, pageSize) : pageSize;
}

/** One page of the list as the API pages it. */
export function pageOf(list: readonly Listed[], paging: Paging): Served {
  const {paginator, values, size: most} = paging;
  const total = list.length;
  if (paginator === 'single_page') return ok(list, {});
  if (paginator === 'offset' || paginator === 'offset_total') {
    const from = Number(values['offset'] ?? 0);
    const past = from >= total && from > 0 ? pastEnd(paging) : undefined;
    return past ?? ok(list.slice(from, from + most), paginator === 'offset' ? {} : {total});
  }
  if (paginator.startsWith('page_')) {
    const base = paginator === 'page_unknown' && paging.scenario.seed % 2 === 0 ? 0 : 1;
    const from = (Number(values['page'] ?? base) - base) * most;
    const past = from >= total && from > 0 ? pastEnd(paging) : undefined;
    const pages = Math.ceil(total / most);
    const more = from + most < total;
    return (
      past ??
      ok(
        list.slice(Math.max(0, from), from + most),
        paginator === 'page_total' ? {pages} : paginator === 'page_flag' ? {more} : {},
      )
    );
  }
  return byToken(list, paging);
}

/** 404 counts as an end only where a total says so too. */
function pastEnd({scenario, paginator}: Paging): Served | undefined {
  if (scenario.pastEnd === 'empty') return undefined;
  const status = paginator === 'offset' ? 416 : Number(scenario.pastEnd);
  return {status, body: '{"past":"the end"}'};
}

function ok(list: readonly Listed[], more: object, headers: Readonly<Record<string, string>> = {}): Served {
  const members = JSON.stringify(more).slice(1, -1);
  return {
    status: 200,
    body: `{${members}${members === '' ? '' : ','}"data":[${list.map(({text}) => text).join(',')}]}`,
    headers: {'content-type': 'application/json', ...headers},
  };
}

/** Tokens stand behind a row, or count. */
function byToken(list: readonly Listed[], {scenario, values, url, run, paginator, size: most}: Paging): Served {
  const token = values['after'];
  let from = 0;
  if (token !== undefined && token !== 'null') {
    if (paginator === 'last_record') {
      const found = list.findIndex(({text}) => Number(/"id":(\d+)/.exec(text)?.[1]) > Number(token));
      from = found < 0 ? list.length : found;
    } else {
      const [born, rank, tie] = token.split('_').map(Number);
      if (born === undefined || rank === undefined || tie === undefined) throw new Error(`no token: ${token}`);
      if (scenario.expires && born !== run) return {status: 410, body: '{"expired":true}'};
      const behind = list.findIndex((row) => row.rank > rank || (row.rank === rank && row.tie > tie));
      from = scenario.counting ? rank : behind < 0 ? list.length : behind;
    }
  }
  const data = list.slice(from, from + most);
  const last = data.at(-1);
  const more = last !== undefined && from + most < list.length;
  const next = !more ? null : scenario.counting ? `${run}_${from + most}_0` : `${run}_${last.rank}_${last.tie}`;
  const link = new URL(url);
  if (next !== null) link.searchParams.set('after', next);
  switch (paginator) {
    case 'last_record':
      return ok(data, {more});
    case 'json_link':
    case 'auto':
      return ok(data, {next: next === null ? null : link.href});
    case 'header_link':
      return ok(data, {}, next === null ? {} : {link: `<${link.href}>; rel="next"`});
    case 'header_cursor':
      return ok(data, {}, next === null ? {} : {'x-next': next});
    default:
      return ok(data, {next_token: next});
  }
}
