import type {AuthBlock} from '../../config/config.js';
import type {Attempt} from '../../http/answer.js';
import {answerHeaders} from '../../http/answer-headers.js';
import {answerText} from '../../http/describe.js';
import {impliedHeaders} from '../../http/wire.js';
import {credentialText} from './credential-text.js';
import {curl} from './curl.js';
import {bodyText} from './request-text.js';
import type {WalkRecord} from './walk-record.js';

/** What `--show` adds. */
export const parts = ['requests', 'headers', 'bodies', 'schema', 'state', 'curl'] as const;
export type Part = (typeof parts)[number];

/** Characters of a body that are shown. */
const shownBody = 4_000;

interface Options {
  readonly shown: ReadonlySet<Part>;
  readonly authOf: (stream: string) => readonly AuthBlock[];
  readonly secretValues: Readonly<Record<string, string>>;
  readonly redact: (text: string) => string;
}

/** Every attempt of the walks, as far as it is asked for: whole URL, headers both ways, bodies both ways, a curl command. */
export function requestDetails(walks: readonly WalkRecord[], options: Options): string {
  const {shown} = options;
  if (!['requests', 'headers', 'bodies', 'curl'].some((part) => shown.has(part as Part))) return '';
  const sent = walks.flatMap((walk) => walk.sent);
  return sent.flatMap(({attempts}) => attempts.flatMap((attempt) => attemptLines(attempt, options))).join('\n');
}

function attemptLines(attempt: Attempt, {shown, authOf, secretValues, redact}: Options): readonly string[] {
  const {request, url, status, error, ms, body, responseHeaders} = attempt;
  const auth = authOf(attempt.stream);
  const lines = [`> ${request.method} ${url}`];
  if (shown.has('headers')) {
    for (const block of auth) lines.push(`> ${credentialLine(block)}`);
    const sent = {...impliedHeaders(request), ...request.headers};
    for (const [name, value] of Object.entries(sent)) lines.push(`> ${name}: ${value}`);
  }
  if (shown.has('bodies') && request.body !== undefined) lines.push(indented('>', cut(redact(bodyText(request)))));
  lines.push(`< ${status ?? error ?? 'no answer'}, ${Math.round(ms)} ms`);
  if (shown.has('headers')) for (const [name, value] of responseHeaders ?? []) lines.push(`< ${name}: ${value}`);
  if (shown.has('bodies') && body !== undefined) {
    const headers = responseHeaders ?? answerHeaders({});
    lines.push(indented('<', cut(redact(answerText({body, headers})))));
  }
  if (shown.has('curl')) lines.push(`$ ${curl(request, auth, secretValues)}`);
  return lines;
}

/** `authorization: Bearer •••• ({secrets.token})` */
export function credentialLine(block: AuthBlock, origin?: string): string {
  const {name, location, prefix, from, user} = credentialText(block);
  const of = [from, origin].filter((part) => part !== undefined && part !== '').join(', ');
  const value = `${prefix}${user === undefined ? '' : `${user.text}:`}••••${of === '' ? '' : ` (${of})`}`;
  switch (location) {
    case 'header':
    case 'basic':
      return `${name}: ${value}`;
    case 'query':
      return `?${name}=${value}`;
    case 'cookie':
      return `cookie: ${name}=${value}`;
    case 'body':
      return `${name} in the body: ${value}`;
  }
}

const cut = (text: string): string =>
  text.length > shownBody ? `${text.slice(0, shownBody)}… (${text.length} characters)` : text;

const indented = (mark: string, text: string): string =>
  text
    .split('\n')
    .map((line) => `${mark} ${line}`)
    .join('\n');
