import type {Clock} from '../../src/clock.js';
import {json, type Reply} from '../support/api-server.js';
import {type Served, serve} from './serve.js';

export interface Account {
  readonly Id: string;
  SystemModstamp: string;
}

const error = (status: number, errorCode: string, message: string): Reply => json([{message, errorCode}], {status});

const soql =
  /^SELECT Id, SystemModstamp FROM Account WHERE SystemModstamp >= (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?(?:Z|[+-]\d\d:\d\d)) ORDER BY SystemModstamp$/;

/** The login server (client credentials in the body; the instance is in its answer) and the instance, which is another host. */
export async function startSalesforce(
  clock: Clock,
  accounts: readonly Account[],
  client: {readonly id: string; readonly secret: string},
): Promise<{readonly login: Served; readonly instance: Served; expireSession(): void}> {
  let sessions = 0;
  const cursors = new Map<string, readonly Account[]>();
  const batch = 200;

  const instance = await serve(clock, ({path, query, headers}) => {
    if (headers.authorization !== `Bearer 00D!${sessions}`) {
      return error(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
    }
    const [, id, start] = /^\/services\/data\/v60\.0\/query\/(01g\d+)-(\d+)$/.exec(path) ?? [];
    if (id !== undefined) return answer(id, Number(start));
    if (path !== '/services/data/v60.0/query') return error(404, 'NOT_FOUND', 'The requested resource does not exist');
    const since = soql.exec(query.get('q') ?? '')?.[1];
    if (since === undefined) return error(400, 'MALFORMED_QUERY', `unexpected token in ${query.get('q')}`);
    const found = accounts
      .filter(({SystemModstamp}) => Date.parse(SystemModstamp) >= Date.parse(since))
      .sort((a, b) => Date.parse(a.SystemModstamp) - Date.parse(b.SystemModstamp));
    const locator = `01g${cursors.size}`;
    cursors.set(locator, found);
    return answer(locator, 0);
  });

  function answer(locator: string, start: number): Reply {
    const found = cursors.get(locator) ?? [];
    const end = start + batch;
    const records = found.slice(start, end).map((account) => ({
      attributes: {type: 'Account', url: `/services/data/v60.0/sobjects/Account/${account.Id}`},
      ...account,
    }));
    const done = end >= found.length;
    const next = done ? {} : {nextRecordsUrl: `/services/data/v60.0/query/${locator}-${end}`};
    return json({totalSize: found.length, done, ...next, records});
  }

  const login = await serve(clock, ({method, path, headers, body}) => {
    const form = new URLSearchParams(body);
    if (method !== 'POST' || path !== '/services/oauth2/token') return json({error: 'not_found'}, {status: 404});
    if (headers['content-type']?.startsWith('application/x-www-form-urlencoded') !== true) {
      return json({error: 'invalid_request', error_description: 'form expected'}, {status: 400});
    }
    if (form.get('grant_type') !== 'client_credentials') return json({error: 'unsupported_grant_type'}, {status: 400});
    if (form.get('client_id') !== client.id || form.get('client_secret') !== client.secret) {
      return json({error: 'invalid_client', error_description: 'invalid client credentials'}, {status: 401});
    }
    sessions++;
    return json({
      access_token: `00D!${sessions}`,
      signature: 'c2ln',
      instance_url: instance.url,
      id: `${instance.url}/id/00D/005`,
      token_type: 'Bearer',
      issued_at: String(clock.now()),
    });
  });

  return {login, instance, expireSession: () => void sessions++};
}
