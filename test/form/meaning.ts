import {type ConfigResult, readConfig} from '../../src/config/load.js';
import {formatProblems, type Problem} from '../../src/config/problem.js';
import {compile} from '../../src/plan/compile.js';
import {Secrets} from '../../src/secrets.js';
import type {StreamPlan} from '../../src/stream/stream-plan.js';
import {FakeClock} from '../support/fake-clock.js';

const silent = {debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined};

export interface Understood {
  readonly read: ConfigResult;
  readonly problems: readonly Problem[];
  /** Each as a line: place and message. */
  readonly lines: readonly string[];
  readonly plans: ReadonlyMap<string, StreamPlan> | undefined;
}

/** A configuration as the connector takes it: read, then compiled; all problems of both. Nothing is requested. */
export function understood(source: {readonly value?: unknown; readonly text?: string}): Understood {
  const secrets = new Secrets();
  const read = readConfig(source, {secrets});
  const compiled =
    read.config === undefined
      ? undefined
      : compile(read.config, {
          clock: new FakeClock(),
          log: silent,
          secrets,
          secretValues: read.secretValues,
          signal: new AbortController().signal,
          cloud: false,
          rotated: () => Promise.resolve(),
        });
  const problems = [...read.problems, ...(compiled?.problems ?? []).map(read.placed)];
  const failed = problems.some(({level}) => level === 'error');
  return {
    read,
    problems,
    lines: formatProblems(problems, read.document),
    plans: failed ? undefined : compiled?.plans,
  };
}

/** What the plans would do, as far as it can be told without requests: for `toEqual`. */
export async function meaning({read, plans}: Understood): Promise<unknown> {
  const streams = await Promise.all(
    [...(plans ?? [])].map(async ([name, plan]) => {
      const values = Array.from({length: plan.parent?.bound ?? 0}, (_, index) => `"p${index}"`);
      const slice = {
        ...(plan.parent === undefined ? {} : {parent: {values}}),
        ...(plan.cursor === undefined
          ? {}
          : {since: {json: '2025-01-01T00:00:00Z'}, until: {json: '2025-02-01T00:00:00Z'}}),
      };
      // A form's header or body may want what a first run does not have: then the refusal is the meaning.
      const first = await plan.request(slice).then(
        (request) => printed(request),
        (thrown: unknown) => String(thrown),
      );
      const {fingerprint, key, fields, want, cursor, schema, steps, selected} = plan;
      return {
        name,
        first,
        fingerprint,
        key,
        fields,
        want,
        cursor,
        schema,
        steps: steps.length,
        selected,
        type: plan.paginator.type,
      };
    }),
  );
  const {config, secretValues} = read;
  return JSON.parse(printed({config, secretValues, streams}));
}

const printed = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) => {
    if (member instanceof Map) return [...member];
    if (typeof member === 'bigint') return String(member);
    return member;
  });
