/**
 * The data of the demo API: made from numbers alone, so that every run and every machine sees the same. An `epoch` is one more day in
 * the life of the shop: some customers and orders change, a few are new.
 */
export interface Customer {
  readonly customer_id: number;
  readonly user_key: string;
  readonly name: string;
  readonly email: string;
  readonly active: boolean;
  readonly balance: number;
  readonly created_at: string;
  readonly updated_at: string;
  readonly address: {
    readonly street: string;
    readonly city: string;
    readonly country: string;
    readonly geo: {readonly lat: number; readonly lon: number};
  };
  readonly tags: readonly string[];
}

export interface Order {
  /** Beyond 2^53: as text, because a number of JavaScript would round it. */
  readonly order_id: string;
  readonly customer_id: number;
  readonly status: string;
  readonly total: number;
  readonly lines: readonly {readonly sku: string; readonly quantity: number; readonly price: number}[];
  readonly placed_at: string;
  readonly updated_at: string;
}

const customersAtFirst = 3_140;
const ordersAtFirst = 6_430;
/** Both long past: a time cursor never passes the moment of its request. */
const firstDay = Date.UTC(2024, 0, 1);
const firstEpoch = Date.UTC(2025, 0, 1);
const day = 86_400_000;

export const countries = [
  {code: 'DE', name: 'Germany', currency: 'EUR'},
  {code: 'ES', name: 'Spain', currency: 'EUR'},
  {code: 'FR', name: 'France', currency: 'EUR'},
  {code: 'IT', name: 'Italy', currency: 'EUR'},
  {code: 'NL', name: 'Netherlands', currency: 'EUR'},
  {code: 'PL', name: 'Poland', currency: 'PLN'},
  {code: 'PT', name: 'Portugal', currency: 'EUR'},
  {code: 'SE', name: 'Sweden', currency: 'SEK'},
] as const;

const first = [
  'Ada',
  'Ben',
  'Chloé',
  'Dario',
  'Eva',
  'Finn',
  'Greta',
  'Hugo',
  'Ines',
  'Jonas',
  'Kim',
  'Łucja',
] as const;
const last = ['Almeida', 'Berg', 'Costa', 'Dahl', 'Evers', 'Fischer', 'García', 'Horváth', 'Ito', 'Jansen'] as const;
const cities = ['Berlin', 'Porto', 'Lyon', 'Utrecht', 'Gdańsk', 'Malmö', 'Sevilla', 'Torino'] as const;
const statuses = ['open', 'paid', 'shipped', 'returned'] as const;
const tags = ['vip', 'newsletter', 'wholesale', 'beta'] as const;

/** A well mixed 32-bit number from two (lowbias32 by Chris Wellons). */
function mixed(a: number, b: number): number {
  let x = (Math.imul(a, 0x9e3779b1) ^ Math.imul(b + 1, 0x85ebca6b)) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

function pick<T>(from: readonly T[], number: number): T {
  const found = from[number % from.length];
  if (found === undefined) throw new RangeError('nothing to pick from');
  return found;
}

const timeText = (ms: number): string => new Date(ms).toISOString();

/** The latest epoch in which a row changed; 0: never. */
function lastChange(id: number, kind: number, epoch: number): number {
  for (let each = epoch; each > 0; each--) if (mixed(id, kind + 100 * each) % 150 === 0) return each;
  return 0;
}

/** When a row changed: spread over 2024, or within the hour of its epoch's day. */
const changedAt = (id: number, kind: number, epoch: number): number =>
  epoch === 0
    ? firstDay + (mixed(id, kind) % (340 * 86_400)) * 1_000
    : firstEpoch + epoch * day + (mixed(id, kind + epoch) % 3_600) * 1_000;

/** A row that never changed was last touched some days after it came, one that is new at once. */
const touchedAt = (id: number, kind: number, bornIn: number, changed: number): number =>
  changed > bornIn
    ? changedAt(id, kind + 1, changed)
    : changedAt(id, kind, bornIn) + (bornIn === 0 ? (mixed(id, kind + 50) % (20 * 86_400)) * 1_000 : 0);

function customer(id: number, epoch: number): Customer {
  const bornIn = id <= customersAtFirst ? 0 : Math.ceil((id - customersAtFirst) / 7);
  const changed = Math.max(bornIn, lastChange(id, 1, epoch));
  const random = mixed(id, 2);
  const name = `${pick(first, random)} ${pick(last, random >>> 8)}`;
  const country = pick(countries, random >>> 4).code;
  return {
    customer_id: id,
    user_key: `u_${mixed(id, 3).toString(36).padStart(7, '0')}${mixed(id, 4).toString(36)}`,
    name,
    email: `customer${id}@example.com`,
    active: mixed(id, 5 + changed) % 10 !== 0,
    balance: (mixed(id, 6 + changed) % 100_000) / 100,
    created_at: timeText(changedAt(id, 7, bornIn)),
    updated_at: timeText(touchedAt(id, 7, bornIn, changed)),
    address: {
      street: `${(random % 180) + 1} ${pick(last, random >>> 12)} Street`,
      city: pick(cities, random >>> 16),
      country,
      geo: {lat: 36 + (random % 200_000) / 10_000, lon: -9 + (random % 250_000) / 10_000},
    },
    tags: tags.filter((_, k) => (random >>> (20 + k)) % 4 === 0),
  };
}

function order(number: number, epoch: number): Order {
  const bornIn = number <= ordersAtFirst ? 0 : Math.ceil((number - ordersAtFirst) / 19);
  const changed = Math.max(bornIn, lastChange(number, 11, epoch));
  const random = mixed(number, 12);
  const lines = Array.from({length: (random % 3) + 1}, (_, k) => ({
    sku: `SKU-${(mixed(number, 13 + k) % 900) + 100}`,
    quantity: (mixed(number, 20 + k) % 4) + 1,
    price: (mixed(number, 30 + k) % 20_000) / 100,
  }));
  return {
    order_id: String(7_100_000_000_000_000_000n + BigInt(number) * 1_000_003n),
    customer_id: (mixed(number, 14) % customersAtFirst) + 1,
    status: pick(statuses, mixed(number, 15 + changed)),
    total: Math.round(lines.reduce((sum, line) => sum + line.quantity * line.price, 0) * 100) / 100,
    lines,
    placed_at: timeText(changedAt(number, 16, bornIn)),
    updated_at: timeText(touchedAt(number, 16, bornIn, changed)),
  };
}

interface Dated {
  readonly updated_at: string;
}

/** Oldest change first, as a client needs them that goes on where it stopped. */
const byChange = <T extends Dated>(rows: T[]): readonly T[] =>
  rows.sort((a, b) => (a.updated_at < b.updated_at ? -1 : a.updated_at > b.updated_at ? 1 : 0));

export const customers = (epoch: number): readonly Customer[] =>
  byChange(Array.from({length: customersAtFirst + 7 * epoch}, (_, k) => customer(k + 1, epoch)));

export const orders = (epoch: number): readonly Order[] =>
  byChange(Array.from({length: ordersAtFirst + 19 * epoch}, (_, k) => order(k + 1, epoch)));
