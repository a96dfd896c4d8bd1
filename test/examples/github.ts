import type {Clock} from '../../src/clock.js';
import {json, type Recorded, type Reply} from '../support/api-server.js';
import {type Served, serve} from './serve.js';

export interface Issue {
  readonly id: number;
  readonly number: number;
  title: string;
  updated_at: string;
}

interface Comment {
  readonly id: number;
  readonly body: string;
}

export interface Repo {
  readonly id: number;
  readonly name: string;
  /** Listed for a while after it is gone. */
  readonly deleted?: boolean;
  readonly issues: Issue[];
  /** By the issue's number. */
  readonly comments: Readonly<Record<number, Comment[]>>;
}

const error = (status: number, message: string, headers: Readonly<Record<string, string>> = {}): Reply =>
  json({message, documentation_url: 'https://docs.github.com/rest', status: String(status)}, {status, headers});

/**
 * GitHub: `Link` headers with next and last, at most 100 a page, `since` inclusive, 404 for what is gone, and a used up limit
 * as 403 with a remaining quota of 0. `limited` says for which requests (counted from 0) the quota is used up.
 */
export function startGithub(
  clock: Clock,
  repos: readonly Repo[],
  token: string,
  limited: (index: number) => boolean,
): Promise<Served> {
  return serve(clock, (request, index) => {
    const {headers, path} = request;
    if ((headers['user-agent'] ?? '') === '') return error(403, 'Request forbidden by administrative rules.');
    if (headers.authorization !== `Bearer ${token}`) return error(401, 'Bad credentials');
    if (limited(index)) {
      const reset = String(Math.ceil(clock.now() / 1_000) + 900);
      return error(403, 'API rate limit exceeded', {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset});
    }
    if (path === '/orgs/my-org/repos')
      return paged(
        request,
        repos.map(({id, name}) => ({id, name})),
      );
    const [, name, number] = /^\/repos\/my-org\/([^/]+)\/issues(?:\/(\d+)\/comments)?$/.exec(path) ?? [];
    const repo = repos.find((candidate) => candidate.name === name && candidate.deleted !== true);
    if (repo === undefined) return error(404, 'Not Found');
    if (number !== undefined) return paged(request, repo.comments[Number(number)] ?? []);
    return paged(request, issues(repo, request.query));
  });
}

function issues({issues}: Repo, query: URLSearchParams): readonly Issue[] {
  const since = Date.parse(query.get('since') ?? '1970-01-01T00:00:00Z');
  const chosen = issues.filter(({updated_at}) => Date.parse(updated_at) >= since);
  if (query.get('sort') !== 'updated') return chosen;
  const sign = query.get('direction') === 'asc' ? 1 : -1;
  return chosen.toSorted((a, b) => sign * (Date.parse(a.updated_at) - Date.parse(b.updated_at)));
}

function paged({headers, path, query}: Recorded, rows: readonly object[]): Reply {
  const size = Math.min(Number(query.get('per_page') ?? '30'), 100);
  const page = Number(query.get('page') ?? '1');
  const last = Math.max(1, Math.ceil(rows.length / size));
  const link = (to: number, rel: string): string => {
    const params = new URLSearchParams(query);
    params.set('page', String(to));
    return `<http://${headers.host}${path}?${params}>; rel="${rel}"`;
  };
  const links = page < last ? [link(page + 1, 'next'), link(last, 'last')] : [link(1, 'first')];
  return json(rows.slice((page - 1) * size, page * size), {headers: {link: links.join(', ')}});
}
