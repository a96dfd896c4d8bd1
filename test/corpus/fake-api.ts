import type {Config, ResourceConfig} from '../../src/config/config.js';
import type {JsonObject} from '../../src/json/exact.js';
import type {StreamPlan} from '../../src/stream/stream-plan.js';
import {type Recorded, type Reply, startApi} from '../support/api-server.js';
import {isAuthorized} from './fake-auth.js';
import {
  firstRow,
  page,
  pageSize,
  positionMembers,
  positionParams,
  reachable,
  rowOf,
  type Spoken,
  type World,
} from './fake-pages.js';

/** A server that speaks whatever the stream being read says of itself. */
export interface FakeApi extends AsyncDisposable {
  readonly url: string;
  /** From now on answers for one stream and its ancestors. */
  speak(stream: Served): void;
}

/** A stream, what it is asked with, and the rows that were there to be read. */
export interface Served {
  readonly config: Config;
  readonly plans: ReadonlyMap<string, StreamPlan>;
  readonly name: string;
  readonly world: World;
  /** Of each stream the markers of all its rows, by walk. */
  readonly walks: Map<string, Map<string, readonly string[]>>;
  /** What could not be answered. */
  readonly complaints: string[];
}

export async function startFakeApi(): Promise<FakeApi> {
  let current: Served | undefined;
  const api = await startApi((request) => {
    if (current === undefined) return {status: 503};
    return answer(request, current, api.url);
  });
  return {
    url: api.url,
    speak: (stream) => {
      current = stream;
    },
    [Symbol.asyncDispose]: () => api.close(),
  };
}

function answer(request: Recorded, served: Served, origin: string): Reply {
  const found = resourceFor(request, served, origin);
  if (found === undefined) {
    if (request.method === 'POST' && /grant_type/.test(request.body)) {
      return json({
        access_token: 'given-access-token',
        token_type: 'Bearer',
        expires_in: 3600,
        refresh_token: 'given-refresh',
      });
    }
    served.complaints.push(`nothing is served under ${request.method} ${request.target}`);
    return {...json({message: 'no such path'}), status: 404};
  }
  const {plan, resource} = found;
  if (!isAuthorized(request, resource.endpoint?.auth ?? [])) {
    served.complaints.push(`no credentials in ${request.method} ${request.target}`);
    return {...json({message: 'unauthorized'}), status: 401};
  }
  const {world} = served;
  const spoken = spokenBy(plan, resource, served.config);
  const size = pageSize(spoken, request, served.world.cap);
  const rows = rowsOf(request, size, {plan, resource, spoken, served});
  return page(plan, resource, spoken, {
    world,
    rows,
    from: firstRow(spoken, request, size, world),
    size,
    request,
    origin,
  });
}

const json = (value: object): Reply => ({headers: {'content-type': 'application/json'}, body: JSON.stringify(value)});

/** The stream or the ancestor whose path it is, the most literal one first. */
function resourceFor(
  request: Recorded,
  served: Served,
  origin: string,
): {plan: StreamPlan; resource: ResourceConfig} | undefined {
  const {config, plans} = served;
  const line = lineage(served);
  const matches = line.flatMap((name) => {
    const plan = plans.get(name);
    const resource = config.resources.find((candidate) => candidate.name === name);
    if (plan === undefined || resource?.endpoint === undefined) return [];
    const template = pathOf(resource.endpoint.path, config.client.base_url, origin);
    const pattern = template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^{}]*\}/g, '[^/]+');
    const literal = template.replace(/\{[^{}]*\}/g, '').length;
    return new RegExp(`^${pattern}/?$`).test(decodeURI(request.path)) ? [{plan, resource, literal}] : [];
  });
  return matches.sort((a, b) => b.literal - a.literal)[0];
}

function lineage({plans, name}: Served): string[] {
  const names: string[] = [];
  for (let plan = plans.get(name); plan !== undefined; plan = plan.parent?.plan) names.push(plan.name);
  return names;
}

function pathOf(path: string, baseUrl: string, origin: string): string {
  const whole = /^https?:/i.test(path) ? path : `${baseUrl.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`;
  const shielded = whole.replace(origin, '').replace(/[?#].*$/, '');
  return shielded === '' ? '/' : shielded.replace(/\/$/, '');
}

/** The paginator in force, with its keys as written. */
function spokenBy(plan: StreamPlan, resource: ResourceConfig, config: Config): Spoken {
  const {type} = plan.paginator;
  const written = [resource.endpoint?.paginator, config.client.paginator].find((candidate) => candidate?.type === type);
  return {type, options: written?.options ?? {}};
}

interface Found {
  readonly plan: StreamPlan;
  readonly resource: ResourceConfig;
  readonly spoken: Spoken;
  readonly served: Served;
}

/** All rows of the walk that the request belongs to. Windows after the first have none. */
function rowsOf(request: Recorded, size: number, {plan, resource, spoken, served}: Found): readonly JsonObject[] {
  const key = walkKey(request, spoken);
  const walks = served.walks.get(plan.name) ?? new Map<string, readonly string[]>();
  served.walks.set(plan.name, walks);
  const number = [...walks.keys()].indexOf(key);
  const walk = number < 0 ? walks.size : number;
  const wanted = served.world.rows(size);
  const isLater = plan.cursor?.step !== undefined && walk > 0;
  const count = isLater
    ? 0
    : plan.want.records.entity
      ? 1
      : reachable(spoken, plan.name === served.name && plan.parent === undefined ? wanted : Math.min(4, wanted), size);
  const children = [...served.plans.values()].filter((child) => child.parent?.plan.name === plan.name);
  const rows = Array.from({length: count}, (_, index) =>
    rowOf({plan, resource, spoken, children}, index, `${walk}-${index}`),
  );
  walks.set(
    key,
    rows.map((row) => String(row['_row'])),
  );
  return rows;
}

/** Everything of the request that does not name a page. */
function walkKey(request: Recorded, spoken: Spoken): string {
  const query = new URLSearchParams(request.query);
  for (const name of positionParams(spoken)) query.delete(name);
  query.sort();
  let body = request.body;
  for (const path of positionMembers(spoken)) {
    const last = path.split('.').at(-1) ?? path;
    body = body
      .replace(new RegExp(`"${last}":\\s*(?:"[^"]*"|[\\d.]+|null),?`), '')
      .replace(new RegExp(`(^|&)${last}=[^&]*`), '');
  }
  return `${request.path}?${query}#${body.replaceAll(',}', '}')}`;
}
