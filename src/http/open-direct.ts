import {type LookupFunction, connect as tcpConnect} from 'node:net';
import {connect as tlsConnect} from 'node:tls';
import {Connection, type Owner} from './http1/connection.js';
import {requestHead, serverName} from './http1/request-text.js';
import type {Call, Open, Receiver} from './open.js';
import type {WireRequest} from './wire.js';

/** TLS sessions that are kept, one per origin. */
const mostSessions = 100;

/**
 * Over connections of our own, where no proxy is named: node:http and its streams cost a page more than reading its records
 * (bench/README.md). As many connections as there are requests at once; the one used last is used next.
 */
export function openDirect(lookup?: LookupFunction): Open {
  const pool = new Pool(lookup);
  return (request, timeout, receiver) => pool.send(request, timeout, receiver);
}

class Pool {
  /** By origin, the one used last at the end. */
  readonly #idle = new Map<string, Connection[]>();
  readonly #sessions = new Map<string, Buffer>();
  readonly #lookup: LookupFunction | undefined;

  constructor(lookup: LookupFunction | undefined) {
    this.#lookup = lookup;
  }

  send(request: WireRequest, timeout: number, receiver: Receiver): Call {
    const {protocol, host} = request.url;
    const name = protocol === 'https:' ? serverName(request) : undefined;
    const origin = name === undefined ? host : `https://${host} ${name}`;
    // Before there is a connection: none is lost where this throws.
    const head = requestHead(request);
    return (this.#take(origin) ?? this.#connect(request.url, origin, name)).send(request, head, timeout, receiver);
  }

  #take(origin: string): Connection | undefined {
    const idle = this.#idle.get(origin);
    for (let last = idle?.pop(); last !== undefined; last = idle?.pop()) {
      if (last.isUsable) return last;
      last.drop();
    }
    return undefined;
  }

  /** `name`: what its certificate must be for; undefined: without TLS. */
  #connect({hostname, port}: URL, origin: string, name: string | undefined): Connection {
    const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
    const options = {
      host,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 1_000,
      ...(this.#lookup === undefined ? {} : {lookup: this.#lookup}),
    };
    const owner: Owner = {
      idle: (connection) => {
        const idle = this.#idle.get(origin);
        if (idle === undefined) this.#idle.set(origin, [connection]);
        else idle.push(connection);
      },
      gone: (connection) => {
        const idle = this.#idle.get(origin) ?? [];
        const at = idle.indexOf(connection);
        if (at >= 0) idle.splice(at, 1);
      },
      stale: () => {
        const idle = this.#idle.get(origin) ?? [];
        this.#idle.delete(origin);
        for (const connection of idle) connection.drop();
      },
    };
    if (name === undefined) {
      return new Connection(
        (onread) => tcpConnect({...options, port: port === '' ? 80 : Number(port), onread}),
        undefined,
        owner,
      );
    }
    const session = this.#sessions.get(origin);
    return new Connection(
      (onread) => {
        const secure = {
          ...options,
          port: port === '' ? 443 : Number(port),
          servername: name,
          ALPNProtocols: ['http/1.1'],
          ...(session === undefined ? {} : {session}),
          onread,
        };
        const socket = tlsConnect(secure);
        socket.on('session', (issued) => this.#keep(origin, issued));
        socket.on('error', () => this.#sessions.delete(origin));
        return socket;
      },
      'secureConnect',
      owner,
    );
  }

  #keep(origin: string, session: Buffer): void {
    this.#sessions.set(origin, session);
    const oldest = this.#sessions.keys().next().value;
    if (this.#sessions.size > mostSessions && oldest !== undefined) this.#sessions.delete(oldest);
  }
}
