import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type DemoApi, demoKey, startDemoApi} from '../../src/demo/api.js';

interface Row {
  readonly customer_id: number;
  readonly updated_at: string;
  readonly address: {readonly geo: {readonly lat: number}};
}

async function get(
  api: DemoApi,
  path: string,
): Promise<{status: number; text: string; data: Row[]; next: string | null; headers: Headers}> {
  const joint = path.includes('?') ? '&' : '?';
  const response = await fetch(`${api.url}${path}${joint}api_key=${demoKey}`);
  const text = await response.text();
  const body = JSON.parse(text);
  return {
    status: response.status,
    text,
    data: body.data,
    next: body.meta?.next_cursor ?? null,
    headers: response.headers,
  };
}

async function all(api: DemoApi, query = ''): Promise<Row[]> {
  const rows: Row[] = [];
  for (let offset = 0; ; offset += 500) {
    const {data} = await get(api, `/customers?limit=500&offset=${offset}${query}`);
    if (data.length === 0) return rows;
    rows.push(...data);
  }
}

describe('the demo API', () => {
  let today: DemoApi;
  let tomorrow: DemoApi;
  beforeAll(async () => {
    today = await startDemoApi({port: 0, epoch: 3, flaky: false});
    tomorrow = await startDemoApi({port: 0, epoch: 4, flaky: false});
  });
  afterAll(async () => {
    await today.close();
    await tomorrow.close();
  });

  test('pages by offset, oldest change first, the same every time', async () => {
    const rows = await all(today);
    expect(rows).toHaveLength(3_140 + 21);
    expect(new Set(rows.map((row) => row.customer_id)).size).toBe(rows.length);
    const times = rows.map((row) => row.updated_at);
    expect(times).toEqual([...times].sort());
    expect(await all(today)).toEqual(rows);
    expect(Date.parse(times.at(-1) ?? '')).toBeLessThan(Date.UTC(2026, 0, 1));
  });

  test('a day later a few rows are new or changed, all after the last change of the day before', async () => {
    const before = await all(today);
    const after = await all(tomorrow);
    const known = new Map(before.map((row) => [row.customer_id, JSON.stringify(row)]));
    const moved = after.filter((row) => known.get(row.customer_id) !== JSON.stringify(row));
    expect(moved.length).toBeGreaterThan(7);
    expect(moved.length).toBeLessThan(60);
    const last = before.at(-1)?.updated_at ?? '';
    expect(moved.every((row) => row.updated_at > last)).toBe(true);
    const since = await all(tomorrow, `&updated_after=${last}`);
    expect(since.map((row) => row.customer_id).sort()).toEqual(
      [...moved.map((row) => row.customer_id), before.at(-1)?.customer_id].sort(),
    );
  });

  test('orders follow a cursor and have ids beyond 2^53', async () => {
    const first = await get(today, '/orders?limit=500');
    expect(first.text).toMatch(/^\{"data":\[\{"order_id":71\d{17},/);
    let count = first.data.length;
    for (let next = first.next; next !== null; ) {
      const page = await get(today, `/orders?limit=500&cursor=${next}`);
      count += page.data.length;
      next = page.next;
    }
    expect(count).toBe(6_430 + 57);
  });

  test('wants its key, and knows its paths', async () => {
    expect((await fetch(`${today.url}/customers?api_key=wrong`)).status).toBe(401);
    expect((await get(today, '/nothing')).status).toBe(404);
    expect((await get(today, '/countries')).data).toHaveLength(8);
  });
});

test('refuses a request now and then, and answers it the next time', async () => {
  const api = await startDemoApi({port: 0, epoch: 0, flaky: true});
  try {
    const seen = [];
    for (let k = 0; k < 70; k++) seen.push(await get(api, '/countries'));
    const refused = seen.flatMap(({status, headers}, k) =>
      status === 200 ? [] : [[k, status, headers.get('retry-after')]],
    );
    expect(refused).toEqual([
      [22, 503, null],
      [60, 429, '1'],
      [63, 503, null],
    ]);
    expect(api.requests()).toBe(70);
  } finally {
    await api.close();
  }
});
