import type {StreamPlan} from '../../src/stream/stream-plan.js';
import {collect, listLog, open, requestOfStream} from './reading.js';
import {type PlanOptions, planOf, Server} from './simulated.js';

export type Row = Readonly<Record<string, unknown>>;

export const at = (hour: number): string => `2026-01-10T${String(hour).padStart(2, '0')}:00:00Z`;

/** Parents one a page; children of parent n under items/n, filtered by since. */
export function family(
  parents: () => readonly Row[],
  children: (parent: string, since: string) => readonly Row[] | number,
): Server {
  return new Server((path, query) => {
    const [what, parent = ''] = path.split('/');
    if (what === 'parents') {
      const offset = Number(query['offset'] ?? 0);
      return JSON.stringify({data: parents().slice(offset, offset + 1)});
    }
    const rows = children(parent, query['since'] ?? '');
    return typeof rows === 'number' ? rows : JSON.stringify({data: rows});
  });
}

export const parentOf = (server: Server, extra: Partial<PlanOptions> = {}): StreamPlan =>
  planOf({
    name: 'parents',
    server,
    path: 'parents',
    paginator: {type: 'offset', limit: 1},
    fields: ['name', 'updated'],
    ...extra,
  });

export const childOf = (server: Server, parent: StreamPlan, extra: Partial<PlanOptions> = {}): StreamPlan =>
  planOf({
    name: 'items',
    server,
    path: 'items/{0}',
    params: {since: '{start}'},
    parent,
    cursor: {path: 'updated', initial: at(0)},
    ...extra,
  });

export const readChild = async (
  plans: readonly StreamPlan[],
  server: Server,
  extra: Parameters<typeof requestOfStream>[1] = {},
  log = listLog(),
) => collect(open(plans, [requestOfStream('items', extra)], server, {log}).read('items'));
