import {createServer} from 'node:http';

/**
 * The benchmark's API: GET /records?offset&limit answers {"data": [...]} of records of about 450 bytes, {"data":[]} past
 * --total; with `cursor` in place of `offset` it names the next one, if there is one, as "next". GET /records/<id>/items
 * answers --items such records (10). A page is one prepared buffer whose ids are overwritten per
 * request, so that the server costs little. --latency MS delays every answer, --with-total names the total. Prints its URL.
 */
const argument = (name: string, fallback: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};
const total = argument('total', 100_000);
const latency = argument('latency', 0);
const items = argument('items', 10);
const withTotal = process.argv.includes('--with-total');

const idDigits = 9;
const filler = 'The quick brown fox jumps over the lazy dog, again and again. '.repeat(4);
const record =
  `{"id":${'1'.padEnd(idDigits, '0')},"updated_at":"2026-01-01T00:00:00.000Z","name":"Customer of the benchmark","active":true,` +
  `"amount":1234.50,"address":{"street":"Main street 1","city":"Berlin","zip":"10115"},"tags":["a","b"],"note":"${filler}"}`;
const recordBytes = Buffer.byteLength(record) + 1;
const idAt = record.indexOf(':') + 1;
const head = '{"data":[';

const templates = new Map<number, Buffer>();
function page(offset: number, limit: number, named: boolean): Buffer {
  const count = Math.max(0, Math.min(limit, total - offset));
  const next = offset + count < total ? `,"next":"${offset + count}"` : '';
  const tail = named ? `]${next}}` : withTotal ? `],"total":${total}}` : ']}';
  let template = templates.get(count);
  if (template === undefined) {
    template = Buffer.from(head + Array.from({length: count}, () => record).join(','));
    templates.set(count, template);
  }
  const body = Buffer.concat([template, Buffer.from(tail)]);
  for (let index = 0; index < count; index++) {
    let id = 100_000_000 + offset + index;
    for (let digit = idDigits - 1; digit >= 0; digit--) {
      body[head.length + index * recordBytes + idAt + digit] = 48 + (id % 10);
      id = Math.floor(id / 10);
    }
  }
  return body;
}

const server = createServer((request, response) => {
  const {pathname, searchParams: query} = new URL(request.url ?? '/', 'http://localhost');
  const body = pathname.endsWith('/items')
    ? page(0, items, false)
    : page(
        Number(query.get('cursor') ?? query.get('offset') ?? 0),
        Number(query.get('limit') ?? 100),
        query.has('cursor'),
      );
  const answer = () => {
    response.writeHead(200, {'content-type': 'application/json', 'content-length': body.length});
    response.end(body);
  };
  if (latency > 0) setTimeout(answer, latency);
  else answer();
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
