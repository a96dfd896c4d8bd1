import {didYouMean} from '../../did-you-mean.js';
import {configError} from '../../errors.js';
import type {StreamPlan} from '../../stream/stream-plan.js';
import {flagOption, type Invocation, textOption} from '../command.js';
import {countOption, type Limits, limitsOf} from './limits.js';
import {type Part, parts} from './request-details.js';

export interface TryOptions {
  readonly limits: Limits;
  /** Records in the table. */
  readonly rows: number;
  /** The one that is shown whole, from 1. */
  readonly row: number | undefined;
  readonly shown: ReadonlySet<Part>;
  /** `--then` */
  readonly nextRun: boolean;
  /** Numbers of the suggestions to write; empty: all. undefined: none. */
  readonly apply: readonly number[] | undefined;
  readonly state: string | undefined;
  readonly since: string | undefined;
  readonly json: boolean;
}

export function tryOptions(invocation: Invocation): TryOptions {
  const row = countOption(invocation, 'row');
  if (row === 0) throw configError('--row 0: rows are counted from 1');
  return {
    limits: limitsOf(invocation),
    rows: countOption(invocation, 'rows') ?? 5,
    row,
    shown: shownParts(textOption(invocation, 'show')),
    nextRun: flagOption(invocation, 'then'),
    apply: numbers(invocation.options['apply']),
    state: textOption(invocation, 'state'),
    since: textOption(invocation, 'since'),
    json: flagOption(invocation, 'json'),
  };
}

function shownParts(text: string | undefined): ReadonlySet<Part> {
  const names = (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return new Set(
    names.map((name) => {
      const part = parts.find((one) => one === name);
      if (part === undefined)
        throw configError(`--show ${name}: must be of ${parts.join(', ')}${didYouMean(name, parts)}`);
      return part;
    }),
  );
}

function numbers(value: unknown): readonly number[] | undefined {
  if (value === undefined || value === false) return undefined;
  if (!Array.isArray(value)) return [];
  return value
    .flatMap((text) => String(text).split(','))
    .map((text) => {
      if (!/^[1-9]\d{0,5}$/.test(text))
        throw configError(`--apply ${text}: must be numbers of suggestions; resources come before it`);
      return Number(text);
    });
}

/** The streams to try, in the order of the plans; all of them: one line each. */
export function chosenStreams(
  invocation: Invocation,
  plans: ReadonlyMap<string, StreamPlan>,
): {readonly names: readonly string[]; readonly all: boolean} {
  const {args} = invocation;
  for (const name of args) {
    if (!plans.has(name)) {
      const known = [...plans.keys()];
      throw configError(`there is no resource ${name}${didYouMean(name, known)}; there are ${known.join(', ')}`);
    }
  }
  const selected = [...plans.values()].filter((plan) => plan.selected).map(({name}) => name);
  const asked = args.length > 0 ? [...plans.keys()].filter((name) => args.includes(name)) : selected;
  return {names: asked, all: flagOption(invocation, 'all') || (args.length === 0 && selected.length > 1)};
}
