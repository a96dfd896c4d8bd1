import type {Clock} from '../../src/clock.js';
import {json, type Reply} from '../support/api-server.js';
import {basic, type Served, serve, strangers} from './serve.js';

export interface JiraIssue {
  readonly id: string;
  readonly key: string;
  readonly fields: {summary: string; updated: string};
}

const error = (message: string): Reply => json({errorMessages: [message], errors: {}}, {status: 400});

const berlin = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Berlin',
  dateStyle: 'short',
  timeStyle: 'short',
});

/** The last instant of the minute's start on the wall clock of Berlin: in the repeated hour the second one. */
function instantOf(minute: string): number {
  const utc = Date.parse(`${minute.replace(' ', 'T')}:00Z`);
  const candidates = [utc - 3_600_000, utc - 7_200_000].filter((time) => berlin.format(time) === minute);
  return candidates[0] ?? Number.NaN;
}

/** Jira's /search/jql: minutes on the user's clock (Berlin), at most 100 issues, a token until the last page. */
export function startJira(clock: Clock, issues: readonly JiraIssue[], password: string): Promise<Served> {
  return serve(clock, ({path, query, headers}) => {
    if (headers.authorization !== basic('me@acme.com', password)) {
      return json(
        {message: 'Client must be authenticated to access this resource.', 'status-code': 401},
        {status: 401},
      );
    }
    if (path !== '/rest/api/3/search/jql') return json({message: 'null for uri', 'status-code': 404}, {status: 404});
    const [strange] = strangers(query, ['jql', 'fields', 'maxResults', 'nextPageToken']);
    if (strange !== undefined) return error(`unknown parameter ${strange}`);
    const jql = query.get('jql') ?? '';
    const since = /^updated >= "(\d{4}-\d\d-\d\d \d\d:\d\d)" ORDER BY updated ASC$/.exec(jql)?.[1];
    if (since === undefined) return error(`Error in the JQL Query: ${jql}`);
    const from = instantOf(since);
    if (Number.isNaN(from)) return error(`Date value '${since}' for field 'updated' is invalid.`);
    const token = query.get('nextPageToken');
    const [wanted, skip = '0'] = token === null ? [jql] : Buffer.from(token, 'base64').toString().split('|');
    if (wanted !== jql) return error('The nextPageToken belongs to another query');
    const time = ({fields}: JiraIssue) => Date.parse(fields.updated.replace(/(\d\d)$/, ':$1'));
    const found = issues.filter((issue) => time(issue) >= from).sort((a, b) => time(a) - time(b));
    const end = Number(skip) + Math.min(Number(query.get('maxResults') ?? '50'), 100);
    const isLast = end >= found.length;
    const next = isLast ? {} : {nextPageToken: Buffer.from(`${jql}|${end}`).toString('base64')};
    return json({issues: found.slice(Number(skip), end), ...next, isLast});
  });
}
