import {createServer, type Server} from 'node:http';

/** One field of the rows: as the API writes it in the first and the second row, and as PyAirbyte's table then holds it. */
interface Field {
  readonly name: string;
  /** JSON text. */
  readonly rows: readonly [string, string];
  readonly column: string;
  readonly type: string;
  /** Cast to text by DuckDB; null where the column is. */
  readonly texts: readonly [string | null, string | null];
}

const field = (
  name: string,
  rows: Field['rows'],
  type: string,
  texts: Field['texts'],
  column = name.toLowerCase(),
): Field => ({name, rows, column, type, texts});

/** What APIs hold that hosts get wrong: numbers a double rounds, decimals, deep values, null, "", unicode, times of all kinds. */
export const fields: readonly Field[] = [
  field('id', ['1', '2'], 'BIGINT', ['1', '2']),
  field('updated_at', ['"2025-01-01T00:00:00Z"', '"2025-01-02T00:00:00Z"'], 'TIMESTAMP', [
    '2025-01-01 00:00:00',
    '2025-01-02 00:00:00',
  ]),
  field('big', ['9007199254740993', '-9223372036854775808'], 'BIGINT', ['9007199254740993', '-9223372036854775808']),
  field('huge', ['12345678901234567890123', '0'], 'DECIMAL(38,9)', [
    '12345678901234567890123.000000000',
    '0.000000000',
  ]),
  field('fine', ['0.1234567890123', '1e-12'], 'VARCHAR', ['0.1234567890123', '1e-12']),
  field('price', ['1.10', '-0.000000001'], 'DECIMAL(38,9)', ['1.100000000', '-0.000000001']),
  field('text', ['"Ünïcödé 😀 \\u00e9\\n\\t\\"x\\""', '""'], 'VARCHAR', ['Ünïcödé 😀 é\n\t"x"', '']),
  field('day', ['"2025-02-03"', 'null'], 'DATE', ['2025-02-03', null]),
  field('at', ['"2025-02-03T04:05:06.789Z"', '"2025-02-03T04:05:06Z"'], 'TIMESTAMP', [
    '2025-02-03 04:05:06.789',
    '2025-02-03 04:05:06',
  ]),
  field('local', ['"2025-02-03T04:05:06"', 'null'], 'TIMESTAMP', ['2025-02-03 04:05:06', null]),
  field('ok', ['true', 'false'], 'BOOLEAN', ['true', 'false']),
  field('tags', ['["a",{"b":[1,null]}]', '[]'], 'JSON', ['["a",{"b":[1,null]}]', '[]']),
  field('nested', ['{"a":{"b":[1,null]},"big":9007199254740993}', '{}'], 'JSON', [
    '{"a":{"b":[1,null]},"big":9007199254740993}',
    '{}',
  ]),
  field('nothing', ['null', 'null'], 'VARCHAR', [null, null]),
  field('Camel Case', ['1', 'null'], 'BIGINT', ['1', null], 'camel_case'),
  field('mixed', ['1', '2.5'], 'DECIMAL(38,9)', ['1.000000000', '2.500000000']),
];

const rowText = (index: 0 | 1): string =>
  `{${fields.map(({name, rows}) => `${JSON.stringify(name)}:${rows[index]}`).join(',')}}`;

export interface ValuesApi {
  readonly url: string;
  /** A day later: row 2 has changed, row 3 is new. */
  change(): void;
  /** How often each path was asked for. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** `/rows?since=` and `/plain` hold the same rows; `/broken` refuses. */
export async function startValuesApi(): Promise<ValuesApi> {
  let rows = [rowText(0), rowText(1)];
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    requests.push(`${url.pathname}${url.search}`);
    const found = url.pathname === '/rows' || url.pathname === '/plain';
    const since = url.searchParams.get('since') ?? '';
    const offset = Number(url.searchParams.get('offset'));
    const wanted = rows.filter((row) => updatedAt(row) >= since);
    response.writeHead(found ? 200 : 403, {'content-type': 'application/json'});
    response.end(found ? `[${wanted.slice(offset, offset + 100).join(',')}]` : '{"error":"not for you"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    requests,
    change: () => {
      const later = (row: string, id: number, day: number): string =>
        row.replace(/"id":\d+/, `"id":${id}`).replace(updatedAt(row), `2025-01-0${day}T00:00:00Z`);
      rows = [rowText(0), later(rowText(1), 2, 5).replace('"ok":false', '"ok":true'), later(rowText(0), 3, 6)];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const updatedAt = (row: string): string => /"updated_at":"([^"]*)"/.exec(row)?.[1] ?? '';

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the API has no port');
  return address.port;
}

/** A configuration that reads the named streams of it. PyAirbyte keeps nine decimal places, where a column is no text. */
export function valuesConfig(url: string, streams: readonly string[]): object {
  const incremental = {cursor_path: 'updated_at', initial_value: '2025-01-01T00:00:00Z', start_param: 'since'};
  const columns = {fine: {data_type: 'text'}};
  return {
    client: {base_url: url, paginator: {type: 'offset', limit: 100, total_path: null}},
    resource_defaults: {primary_key: 'id'},
    resources: streams.map((name) => ({
      name,
      ...(name === 'broken' ? {} : {columns}),
      endpoint: {path: name, ...(name === 'rows' ? {incremental} : {})},
    })),
  };
}
