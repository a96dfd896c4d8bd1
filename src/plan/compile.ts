import type {Config, EndpointConfig, ResourceConfig} from '../config/config.js';
import {type Problem, placeOf} from '../config/problem.js';
import {systemError} from '../errors.js';
import type {RequestStats} from '../http/answer.js';
import {errorFacts} from '../http/reported-error.js';
import {printExact} from '../json/exact.js';
import {compilePath, type Path, pathOf, type Segment} from '../json/path.js';
import {Notes} from '../log.js';
import type {Format} from '../stream/formats.js';
import type {ParentPlan, StreamPlan} from '../stream/stream-plan.js';
import {type ClientTemplates, clientTemplates} from './client.js';
import {Fields} from './fields.js';
import {fingerprint} from './fingerprint.js';
import {compileIncremental} from './incremental.js';
import {type Family, family, type ParentLink} from './parents.js';
import {isResolve} from './references.js';
import {rehearse} from './rehearsal.js';
import {Report} from './report.js';
import {compileRequest, paramResolver} from './request-template.js';
import {parentFieldResolver} from './resolve.js';
import {
  choosePaginator,
  compilePaginator,
  compileSchema,
  compileSelection,
  compileSteps,
  keyPaths,
} from './resource.js';
import type {Scope} from './scope.js';
import {type Effects, Sending} from './sending.js';

export interface Compiled {
  /** Parents before their children. Complete only where `problems` has no error. */
  readonly plans: ReadonlyMap<string, StreamPlan>;
  readonly problems: readonly Problem[];
}

/** The document as plans, one per resource. Every problem that the document alone shows is reported, none is thrown. */
export function compile(config: Config, using: Effects): Compiled {
  const report = new Report();
  const kin = family(config, report);
  const compiler = new Compiler(config, kin, report, using);
  const plans = new Map<string, StreamPlan>();
  for (const resource of kin.order) {
    const plan = compiler.plan(resource, plans);
    if (plan !== undefined) plans.set(resource.name, plan);
  }
  return {plans, problems: report.problems};
}

class Compiler {
  readonly #config: Config;
  readonly #kin: Family;
  readonly #report: Report;
  /** Epoch ms. */
  readonly #now: number;
  readonly #client: ClientTemplates;
  readonly #sending: Sending;

  constructor(config: Config, kin: Family, report: Report, using: Effects) {
    this.#config = config;
    this.#kin = kin;
    this.#report = report;
    this.#now = using.clock.now();
    this.#client = clientTemplates(config, using.secretValues, report);
    this.#sending = new Sending(config, this.#client, report, using);
  }

  plan(resource: ResourceConfig, plans: ReadonlyMap<string, StreamPlan>): StreamPlan | undefined {
    const fields = new Fields();
    const key = keyPaths(resource);
    const endpoint = resource.endpoint;
    const incremental = endpoint?.incremental;
    const sent: Format[] = [];
    const cursor =
      incremental === undefined
        ? undefined
        : compileIncremental(incremental, resource.primary_key, fields, sent, this.#report);
    this.#wantForChildren(resource.name, fields);
    const notes = new Notes(resource.name);
    const shared = {
      name: resource.name,
      place: placeOf(resource.place),
      selected: resource.selected,
      steps: compileSteps(resource, notes, this.#report),
      schema: compileSchema(resource, this.#config, key, cursor?.path, this.#kin.links.has(resource.name)),
      key,
      fields: fields.paths,
      width: this.#config.client.concurrency,
      notes,
      stats: {requests: 0, retries: 0, waitedMs: 0, bytes: 0, pages: 0} satisfies RequestStats,
      ...(cursor === undefined ? {} : {cursor}),
      ...(this.#config.shard === undefined ? {} : {shard: this.#config.shard}),
    };
    if (endpoint === undefined) return this.#static(resource, shared);

    const place = [...resource.place, 'endpoint'];
    const parent = this.#parent(resource, plans);
    const usedInPath = new Set<string>();
    const scope = this.#scope(resource, parent, cursor, sent, usedInPath);
    // The path is compiled first: it says which params it uses up.
    const render = compileRequest(endpoint, this.#client.headers, scope, place, usedInPath);
    this.#refuseUnusedResolve(endpoint, place, usedInPath);
    const chosen = choosePaginator(endpoint, this.#config, place);
    const selection = compileSelection(resource, endpoint, key, this.#sending.strict, this.#report);
    const paginator = compilePaginator(chosen, resource, endpoint, selection.path, this.#config, this.#report);
    if (paginator === undefined) return undefined;
    const want = {
      records: selection,
      fields: shared.steps.length === 0 ? fields.paths : [],
      facts: [...paginator.facts, ...errorFacts],
    };
    const send = this.#sending.send(resource, endpoint, want, shared.stats, shared.notes);
    if (send === undefined) return undefined;
    const plan: StreamPlan = {
      ...shared,
      fingerprint: fingerprint(endpoint, chosen),
      paginator,
      want,
      send: send.send,
      hold: send.hold,
      withoutSecrets: send.withoutSecrets,
      ...(parent === undefined ? {} : {parent}),
      request: async (slice) => {
        const auth = await send.authValues();
        const input = {slice, ...(auth === undefined ? {} : {auth})};
        return render(input, send.baseUrl(input));
      },
    };
    const incrementalPlace = incremental?.place ?? place;
    if (!this.#report.refuses(incrementalPlace)) {
      this.#report.attempt(incrementalPlace, () => rehearse(plan, this.#now));
    }
    return plan;
  }

  /** dlt binds {type: resolve} to {name} in the path only, and so do we: elsewhere the reference is written out. */
  #refuseUnusedResolve(endpoint: EndpointConfig, place: readonly Segment[], usedInPath: ReadonlySet<string>): void {
    for (const [name, value] of Object.entries(endpoint.params)) {
      if (!isResolve(value) || usedInPath.has(name)) continue;
      this.#report.error(
        [...place, 'params', name],
        `is not used in the path: write {${name}} there, or "{resources.${value.resource}.${value.field}}" here to send it as a query parameter`,
      );
    }
  }

  /** A static parent: its rows are the configuration's own, nothing is requested. */
  #static(
    resource: ResourceConfig,
    shared: Omit<StreamPlan, 'fingerprint' | 'paginator' | 'want' | 'send' | 'withoutSecrets' | 'request' | 'parent'>,
  ): StreamPlan {
    const never = () => Promise.reject(systemError(`${resource.name} has static records and requests nothing`));
    const selection = {
      path: pathOf([]),
      required: undefined,
      keyAs: undefined,
      names: [],
      key: [],
      entity: false,
      strict: false,
    };
    return {
      ...shared,
      fingerprint: 'static',
      paginator: {
        type: 'single_page',
        start: {},
        facts: [],
        resumable: true,
        request: (base) => base,
        next: () => ({end: 'static records'}),
      },
      want: {records: selection, fields: [], facts: []},
      send: never,
      request: never,
      withoutSecrets: (position) => position,
      staticRecords: (resource.records ?? []).map((record) => printExact(record)),
    };
  }

  /** Fields of this resource that its children use, bound and included. */
  #wantForChildren(name: string, fields: Fields): void {
    for (const link of this.#kin.links.values()) {
      if (link.parent !== name) continue;
      for (const path of parentPaths(link)) fields.index(path);
    }
  }

  #parent(resource: ResourceConfig, plans: ReadonlyMap<string, StreamPlan>): ParentPlan | undefined {
    const link = this.#kin.links.get(resource.name);
    const plan = link === undefined ? undefined : plans.get(link.parent);
    if (link === undefined || plan === undefined) return undefined;
    const own = new Fields();
    for (const path of link.bound) {
      const compiled = this.#report.attempt(resource.place, () => compilePath(path));
      if (compiled !== undefined) own.index(compiled);
    }
    const bound = own.paths.length;
    const included = link.included.map((name) => ({
      column: `_${link.parent}_${name}`,
      field: own.index(pathOf([name])),
    }));
    return {
      plan,
      fields: own.paths,
      bound,
      included,
      onMissing: resource.on_missing,
      incremental: resource.parent_incremental,
      undecided:
        !resource.parent_incremental_written && (plan.cursor !== undefined || plan.parent?.incremental === true),
    };
  }

  #scope(
    resource: ResourceConfig,
    parent: ParentPlan | undefined,
    cursor: StreamPlan['cursor'],
    sent: Format[],
    usedInPath: Set<string>,
  ): Scope {
    const report = this.#report;
    const endpoint = resource.endpoint;
    const indexes = new Fields();
    for (const path of parent?.fields ?? []) indexes.index(path);
    // Without a parent its reference was reported already: nothing more is to be said where it is used.
    const field = (path: string): number | undefined => {
      const compiled = report.attempt(resource.place, () => compilePath(path));
      return compiled === undefined ? undefined : indexes.index(compiled);
    };
    return {
      resource: resource.name,
      variables: this.#config.client.variables,
      secrets: this.#client.secrets,
      cursor,
      sent,
      allowed: new Set(['resources', 'incremental', 'window', 'vars', 'secrets', 'bare']),
      bare: (name) => {
        if (endpoint === undefined) return undefined;
        const found = paramResolver(endpoint, name, (_, path) => {
          const index = field(path);
          return index === undefined ? undefined : parentFieldResolver(index);
        });
        if (found !== undefined) usedInPath.add(name);
        return found;
      },
      parentField: (_, path) => field(path),
      attempt: (place, work) => report.attempt(place, work),
      error: (place, message) => report.error(place, message),
      warn: (place, message) => report.warn(place, message),
    };
  }
}

/** Paths that do not compile are reported where the child uses them. */
function parentPaths(link: ParentLink): Path[] {
  const silent = new Report();
  const bound = link.bound.flatMap((path) => silent.attempt([], () => compilePath(path)) ?? []);
  return [...bound, ...link.included.map((name) => pathOf([name]))];
}
