import type {Config} from '../../config/config.js';
import {toConnectorError} from '../../errors.js';
import type {RequestSpec} from '../../http/request.js';
import type {Json} from '../../json/exact.js';
import {printExact} from '../../json/exact.js';
import {Notes} from '../../log.js';
import type {ParentPlan, StreamPlan} from '../../stream/stream-plan.js';
import {openSync} from '../../stream/sync.js';
import type {Host} from '../command.js';
import {CollectedLog} from './collected-log.js';

/** Ends the read at the moment at which its first request would leave. */
class Captured extends Error {
  readonly spec: RequestSpec;

  constructor(spec: RequestSpec) {
    super('not sent');
    this.spec = spec;
  }
}

/** A request that is not sent, or why it cannot be shown. `readable` puts {resources.…} where a parent's value will stand. */
export type FirstRequest =
  | {readonly spec: RequestSpec; readonly readable: (text: string) => string}
  | {readonly because: string};

/** What a stream would ask first, by the engine itself: it is stopped before anything leaves. */
export async function firstRequest(plan: StreamPlan, config: Config, host: Host): Promise<FirstRequest> {
  if (plan.staticRecords !== undefined) return {because: 'static records: nothing is requested'};
  const {base_url, headers} = config.client;
  if ([base_url, ...Object.values(headers)].some((text) => typeof text === 'string' && text.includes('{auth.'))) {
    return {because: 'it is known after the token request only'};
  }
  const standIn = plan.parent === undefined ? undefined : standInParent(plan.parent);
  const probe: StreamPlan = {
    ...plan,
    ...(standIn && {parent: standIn.parent}),
    notes: new Notes(plan.name),
    send: (spec) => Promise.reject(new Captured(spec)),
  };
  const plans = new Map([...(standIn === undefined ? [] : [standIn.parent.plan]), probe].map((one) => [one.name, one]));
  const mode = plan.cursor === undefined ? 'full_refresh' : 'incremental';
  const request = {name: plan.name, mode, state: undefined, syncId: undefined, overwrite: false} as const;
  const {clock, signal} = host;
  try {
    for await (const _ of openSync(plans, [request], {clock, signal, log: new CollectedLog()}).read(plan.name)) {
      // Checkpoints come before the first request.
    }
  } catch (thrown) {
    if (thrown instanceof Captured) return {spec: thrown.spec, readable: standIn?.readable ?? ((text) => text)};
    return {because: toConnectorError(thrown).message};
  }
  return {because: 'nothing: there is nothing to read now'};
}

/** A parent of one row whose values are marks that no encoding changes. */
function standInParent(parent: ParentPlan): {
  readonly parent: ParentPlan;
  readonly readable: (text: string) => string;
} {
  const marks = parent.fields.map((path, k) => ({
    mark: `zq${k}qz`,
    shown: `{resources.${parent.plan.name}.${path.text}}`,
    path,
  }));
  const row: Record<string, Json> = Object.create(null);
  for (const {mark, path} of marks) put(row, (path.segments ?? [path.text]).map(String), mark);
  const {parent: _, ...alone} = parent.plan;
  return {
    parent: {...parent, plan: {...alone, steps: [], staticRecords: [printExact(row)]}},
    readable: (text) => marks.reduce((at, {mark, shown}) => at.replaceAll(mark, shown), text),
  };
}

function put(row: Record<string, Json>, [name, ...rest]: readonly string[], value: Json): void {
  if (name === undefined) return;
  if (rest.length === 0) {
    row[name] = value;
    return;
  }
  const inner: Record<string, Json> = Object.assign(Object.create(null), row[name]);
  put(inner, rest, value);
  row[name] = inner;
}
