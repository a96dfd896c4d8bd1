import type {Config, EndpointConfig} from '../../src/config/config.js';
import type {StreamPlan} from '../../src/stream/stream-plan.js';

/** What decides how a stream is read, without names: streams of one shape are read alike, so one of them stands for all. */
export function shapeOf(config: Config, plan: StreamPlan): string {
  const resource = config.resources.find(({name}) => name === plan.name);
  const endpoint = resource?.endpoint;
  const parent = plan.parent === undefined ? undefined : shapeOf(config, plan.parent.plan);
  return JSON.stringify([
    plan.paginator.type,
    plan.want.records.entity,
    plan.key.map(({text}) => text),
    plan.fields.map(({text}) => text),
    endpoint === undefined ? plan.staticRecords?.length : request(endpoint),
    resource?.processing_steps.map(({options}) => options),
    resource?.include_from_parent,
    config.client.paginator?.options,
    config.client.headers,
    parent,
  ]);
}

function request(endpoint: EndpointConfig): unknown {
  const {path, auth, paginator, incremental, ...rest} = endpoint;
  const {place: _, ...cursor} = incremental ?? {place: undefined};
  return [pathShape(path), auth.map(({type, options}) => [type, options]), paginator?.options, cursor, rest];
}

/** /v1/users/{user_id}/posts?sort=id: literal segments by their number, placeholders by their kind. */
const pathShape = (path: string): string =>
  path
    .replace(/\{(resources|vars|incremental|window)\.[^{}]*\}/g, '{$1}')
    .replace(/\{(?!resources|vars|incremental|window)[^{}]*\}/g, '{bare}')
    .replace(/[\w.-]+(?![^{]*\})/g, 'x');
