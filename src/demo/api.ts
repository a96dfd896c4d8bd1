import {createServer, type Server} from 'node:http';
import {countries, customers, type Order, orders} from './data.js';

/** What `?api_key=` must be. */
export const demoKey = 'demo-key-1234';

export interface DemoApi {
  /** `http://127.0.0.1:<port>/v1` */
  readonly url: string;
  /** Requests it answered, those it refused to answer included. */
  readonly requests: () => number;
  close(): Promise<void>;
}

export interface DemoOptions {
  /** 0 for a free one. */
  readonly port: number;
  /** How often the data has changed since the first day; a whole number. */
  readonly epoch: number;
  /** Refuses a request now and then with 503 or 429, as APIs do. Repeated, it is answered. */
  readonly flaky: boolean;
}

/**
 * Starts the API of a shop's customer database: `/customers` in pages of `offset` and `limit`, `/orders` behind a cursor, both
 * oldest change first and from `updated_after` on; `/countries` in one page. Rejects when the port is taken.
 */
export async function startDemoApi({port, epoch, flaky}: DemoOptions): Promise<DemoApi> {
  const rows = {customers: customers(epoch), orders: orders(epoch)};
  let count = 0;
  const server = createServer((request, response) => {
    count++;
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const {status, text, headers} = answer(url, rows, flaky ? count : 0);
    response.writeHead(status, {'content-type': 'application/json', ...headers});
    response.end(text);
  });
  await listen(server, port);
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${actual}/v1`,
    requests: () => count,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Rows {
  readonly customers: ReturnType<typeof customers>;
  readonly orders: ReturnType<typeof orders>;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `nth`: of the requests so far; 0: none is refused. */
function answer(url: URL, rows: Rows, nth: number): Answer {
  const query = url.searchParams;
  if (query.get('api_key') !== demoKey) return refusal(401, 'api_key is missing or wrong');
  if (nth % 41 === 23) return refusal(503, 'try again');
  if (nth % 97 === 61) return {...refusal(429, 'too many requests'), headers: {'retry-after': '1'}};
  const limit = Math.min(Math.max(whole(query.get('limit'), 100), 1), 500);
  const after = query.get('updated_after') ?? '';
  switch (url.pathname) {
    case '/v1/customers': {
      const found = rows.customers.filter(({updated_at}) => updated_at >= after);
      const offset = whole(query.get('offset'), 0);
      return {status: 200, text: JSON.stringify({data: found.slice(offset, offset + limit)})};
    }
    case '/v1/orders': {
      const found = rows.orders.filter(({updated_at}) => updated_at >= after);
      const from = whole(query.get('cursor'), 0);
      const next = from + limit < found.length ? `"${from + limit}"` : 'null';
      const page = found.slice(from, from + limit).map(orderText);
      return {status: 200, text: `{"data":[${page.join(',')}],"meta":{"next_cursor":${next}}}`};
    }
    case '/v1/countries':
      return {status: 200, text: JSON.stringify({data: countries})};
    default:
      return refusal(404, `nothing at ${url.pathname}`);
  }
}

const refusal = (status: number, message: string): Answer => ({status, text: JSON.stringify({error: {message}})});

/** With the id as a number, as such an API writes it. */
const orderText = ({order_id, ...rest}: Order): string => `{"order_id":${order_id},${JSON.stringify(rest).slice(1)}`;

const whole = (text: string | null, otherwise: number): number =>
  text !== null && /^\d+$/.test(text) ? Number(text) : otherwise;

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
