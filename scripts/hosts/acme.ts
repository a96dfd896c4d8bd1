import {createServer} from 'node:http';

/** The API of docs/hosts.md. */
export interface Acme {
  readonly url: string;
  readonly requests: readonly string[];
  close(): Promise<void>;
}

const issues = Array.from({length: 150}, (_, index) => ({
  id: index + 1,
  updated_at: new Date(Date.UTC(2025, 0, 1) + index * 3_600_000).toISOString(),
}));
const labels = [
  {id: 1, name: 'bug'},
  {id: 2, name: 'question'},
];

/** `/issues` with `since`, `offset` and `limit`: 150 of them; `/labels`: two. Behind the bearer token `your-token`. */
export async function startAcme(): Promise<Acme> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const {pathname, searchParams: query, search} = new URL(request.url ?? '/', 'http://127.0.0.1');
    requests.push(`${pathname}${search}`);
    const rows: readonly object[] | undefined = {
      '/issues': issues.filter(({updated_at}) => updated_at >= (query.get('since') ?? '')),
      '/labels': labels,
    }[pathname];
    const isAllowed = request.headers.authorization === 'Bearer your-token';
    const from = Number(query.get('offset'));
    response.writeHead(isAllowed ? (rows === undefined ? 404 : 200) : 401, {'content-type': 'application/json'});
    response.end(JSON.stringify(isAllowed ? (rows ?? []).slice(from, from + Number(query.get('limit') ?? 1_000)) : {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the API has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
