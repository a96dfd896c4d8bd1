import {together} from '../auth/list.js';
import {authKinds} from '../auth/table.js';
import {createDecoder} from '../body/decode.js';
import type {Wanted} from '../body/page.js';
import {createSelection} from '../body/selection.js';
import type {Clock} from '../clock.js';
import type {AuthBlock, Config, EndpointConfig, ResourceConfig} from '../config/config.js';
import {placeOf} from '../config/problem.js';
import {configError} from '../errors.js';
import type {Observe, RequestStats, Send} from '../http/answer.js';
import type {Authenticator} from '../http/authenticator.js';
import {type BodyBudget, bodyBudgetBytes, createBodyBudget} from '../http/body-budget.js';
import {createCredentialFetch} from '../http/credential-fetch.js';
import {createHosts, type Hosts} from '../http/hosts.js';
import {createLimits, type Limits} from '../http/limits.js';
import {createSend, type SendPlan} from '../http/send.js';
import {createTransport, type Transport} from '../http/transport.js';
import {isAbsoluteUrl} from '../http/url.js';
import type {JsonObject} from '../json/exact.js';
import type {Segment} from '../json/path.js';
import type {Log, Notes} from '../log.js';
import type {Position} from '../pagination/paginator.js';
import type {Secrets} from '../secrets.js';
import {version} from '../version.js';
import type {ClientTemplates} from './client.js';
import {actionOf, rateOf, retryOf} from './policies.js';
import {compileJson} from './render.js';
import type {Report} from './report.js';
import type {RenderInput} from './scope.js';
import {withoutSecrets} from './without-secrets.js';

/** What compiling and running may use of the outside, by name. */
export interface Effects {
  readonly clock: Clock;
  readonly log: Log;
  readonly secrets: Secrets;
  /** Values of {secrets.NAME}. */
  readonly secretValues: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** DEPLOYMENT_MODE=cloud: https to public addresses only. */
  readonly cloud: boolean;
  /** No proxy is named in the environment. */
  readonly direct?: boolean;
  /** Hosts of the proxies that it names. */
  readonly proxies?: readonly string[];
  readonly observe?: Observe;
  /** A rotated token: stores it at its place in the document before it is used. */
  rotated(path: readonly Segment[], value: string): Promise<void>;
  /** The process does not end before this work. */
  keep?<T>(work: Promise<T>): Promise<T>;
  /** In `check` every array of objects makes a missed selector an error (config-language §6). */
  readonly strict?: boolean;
  /** Above it (ms) a wait that the server names is an error, whatever `max_wait` says. */
  readonly maxWait?: number;
  /** Bytes of memory that the process may use, if there is a limit. */
  readonly memoryLimit?: number;
}

/** The sending side of one stream. */
export interface StreamSending {
  readonly send: Send;
  /** Counts a page of so many bytes among the bodies while it is being written; returns what ends it. */
  hold(bytes: number): () => void;
  withoutSecrets(position: Position): Position | undefined;
  /** The token response, where a client template needs it. */
  authValues(): Promise<JsonObject | undefined>;
  /** base_url rendered; its host is allowed from then on. */
  baseUrl(input: RenderInput): string;
}

/** What all streams share: transport, hosts, permits, bodies, and one authenticator per auth block. */
export class Sending {
  readonly #config: Config;
  readonly #client: ClientTemplates;
  readonly #report: Report;
  readonly #using: Effects;
  readonly #transport: Transport;
  readonly #hosts: Hosts;
  readonly #limits: Limits;
  readonly #bodies: BodyBudget;
  readonly #authenticators = new Map<string, Authenticator | undefined>();

  constructor(config: Config, client: ClientTemplates, report: Report, using: Effects) {
    const {concurrency, rate_limit, max_response_bytes, allowed_hosts, base_url} = config.client;
    const {clock, cloud, log, direct = false, proxies = []} = using;
    this.#config = config;
    this.#client = client;
    this.#report = report;
    this.#using = using;
    this.#transport = createTransport({
      clock,
      direct,
      proxies,
      publicOnly: cloud,
      userAgent: `source-rest-api/${version}`,
    });
    const hosts = report.attempt(['client', 'allowed_hosts'], () =>
      createHosts({allowed: allowed_hosts, cloud, note: ({level, text}) => log[level](text)}),
    );
    this.#hosts = hosts ?? createHosts({allowed: [], cloud, note: () => undefined});
    const rate = rateOf(rate_limit);
    this.#limits = createLimits({clock, concurrency, ...(rate === undefined ? {} : {rate})});
    this.#bodies = createBodyBudget(bodyBudgetBytes(max_response_bytes, using.memoryLimit));
    if (!client.usesAuth)
      report.attempt(['client', 'base_url'], () => this.#allowed(this.#client.baseUrl({slice: {}}) ?? base_url));
  }

  get strict(): boolean {
    return this.#using.strict === true;
  }

  /** Everything about the requests of one resource; undefined (and reported) where its auth does not compile. */
  send(
    resource: ResourceConfig,
    endpoint: EndpointConfig,
    want: Wanted,
    stats: RequestStats,
    notes: Notes,
  ): StreamSending | undefined {
    const authenticator = this.#authenticator(endpoint.auth);
    if (authenticator === undefined) return undefined;
    if (this.#client.usesAuth && authenticator.values === undefined) this.#refuseAuthValues(resource, endpoint);
    const place = [...resource.place, 'endpoint'];
    if (isAbsoluteUrl(endpoint.path))
      this.#report.attempt([...place, 'path'], () => this.#allowed(literalOrigin(endpoint.path)));
    const {clock, secrets, observe, signal} = this.#using;
    const {timeout, total_timeout, max_response_bytes, rate_limit} = this.#config.client;
    const own = endpoint.rate_limit === undefined ? undefined : rateOf(endpoint.rate_limit);
    const selection = createSelection(want.records);
    const {format = 'auto', encoding, ...formatOptions} = endpoint.response ?? {};
    const decode = createDecoder({
      want,
      selection,
      format,
      ...(encoding === undefined ? {} : {encoding}),
      formatOptions,
      maxBytes: max_response_bytes,
    });
    const send = createSend({
      resource: resource.name,
      place: placeOf(resource.place),
      wire: {
        clock,
        transport: this.#transport,
        hosts: this.#hosts,
        limits: own === undefined ? this.#limits : this.#limits.within(own),
        bodies: this.#bodies,
        authenticator,
        timeout,
        totalTimeout: total_timeout,
        maxBytes: max_response_bytes,
        redact: (text) => secrets.redact(text),
      },
      retry: retryOf(endpoint.retry),
      ...this.#waits(endpoint.rate_limit ?? rate_limit),
      rules: {
        actions: endpoint.response_actions.flatMap(
          (action, index) => actionOf(action, [...place, 'response_actions', index], this.#report) ?? [],
        ),
        rootIsRecord: want.records.entity || want.records.path?.segments?.length === 0,
        key: want.records.key,
      },
      decode,
      settle: (selector) => selection.settle(selector),
      stats,
      ...(observe === undefined ? {} : {observe}),
    });
    notes.atEnd(() => selection.neverMatched());
    return {
      send,
      hold: (bytes) => this.#bodies.hold(bytes),
      withoutSecrets: (position) => withoutSecrets(position, authenticator.queryNames, secrets),
      authValues: async () => (this.#client.usesAuth ? authenticator.values?.(signal) : undefined),
      baseUrl: (input) => {
        const url = this.#client.baseUrl(input) ?? this.#config.client.base_url;
        if (this.#client.usesAuth) this.#allowed(url);
        return url;
      },
    };
  }

  /** {auth.*} of base_url or headers, and nothing that answers with a token. */
  #refuseAuthValues({place}: ResourceConfig, {auth}: EndpointConfig): void {
    const without =
      auth[0]?.place ?? (this.#config.client.auth.length === 0 ? ['client', 'auth'] : [...place, 'endpoint', 'auth']);
    const types = auth.length === 0 ? 'none' : auth.map(({type}) => type).join(', ');
    this.#report.error(
      without,
      `is ${types}, whose answer has no values, and client.base_url or client.headers hold {auth.…}: use an OAuth type or session_token`,
    );
  }

  #waits({max_wait}: Config['client']['rate_limit']): Pick<SendPlan, 'maxWait' | 'hurried'> {
    const maxWait = Math.min(max_wait, this.#using.maxWait ?? max_wait);
    return {maxWait, hurried: maxWait < max_wait};
  }

  #allowed(url: string): string {
    this.#hosts.allow(url);
    return url;
  }

  /** One per block, shared by every resource that uses it; several together act as one. */
  #authenticator(blocks: readonly AuthBlock[]): Authenticator | undefined {
    const single = blocks.map((block) => {
      const key = JSON.stringify(block.place);
      if (!this.#authenticators.has(key)) this.#authenticators.set(key, this.#create(block));
      return this.#authenticators.get(key);
    });
    const ready = single.filter((authenticator) => authenticator !== undefined);
    return ready.length < single.length ? undefined : together(ready);
  }

  #create(block: AuthBlock): Authenticator | undefined {
    const {clock, log, secrets, rotated, keep = (work) => work, observe, cloud} = this.#using;
    const {base_url, timeout, total_timeout, max_response_bytes, rate_limit, retry} = this.#config.client;
    const kind = authKinds.find(({type}) => type === block.type);
    if (kind === undefined) throw configError(`no auth "${block.type}"`);
    const options = compileJson(block.options, this.#client.scope, block.place)({slice: {}});
    // A placeholder without a value is reported: what the block lacks because of it would be a second error for the same.
    if (this.#report.refuses(block.place)) return undefined;
    const place = placeOf(block.place);
    const baseUrl = this.#client.usesAuth ? base_url : (this.#client.baseUrl({slice: {}}) ?? base_url);
    return this.#report.attempt(block.place, () =>
      kind.create(options, {
        place,
        clock,
        log,
        secrets,
        baseUrl,
        fetch: createCredentialFetch({
          place,
          baseUrl,
          wire: {
            clock,
            transport: this.#transport,
            limits: this.#limits,
            bodies: this.#bodies,
            timeout,
            totalTimeout: total_timeout,
            maxBytes: max_response_bytes,
            redact: (text) => secrets.redact(text),
          },
          cloud,
          note: ({level, text}) => log[level](text),
          retry: retryOf(retry),
          ...this.#waits(rate_limit),
          ...(observe === undefined ? {} : {observe}),
        }),
        rotated: (keyPath, value) => rotated([...block.place, ...keyPath], value),
        keep,
      }),
    );
  }
}

/** The part of an absolute path before its first placeholder; its host must be written. */
function literalOrigin(path: string): string {
  const brace = path.indexOf('{');
  const literal = brace < 0 ? path : path.slice(0, brace);
  if (!/^https?:\/\/[^/?#]+([/?#]|$)/i.test(literal) || (brace >= 0 && !/^https?:\/\/[^/?#]+[/?#]/i.test(literal))) {
    throw configError(`the host of an absolute path must be written out, not taken from a placeholder`);
  }
  return literal;
}
