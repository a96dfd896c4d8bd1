import {createServer, type Socket} from 'node:net';
import type {Api} from '../support/api-server.js';
import {listening} from '../support/listening.js';

/** What is done with a request of a connection; `index` counts those of all connections from 0. */
type Answer = (socket: Socket, index: number) => void;

/** A server that speaks bytes: these, and then it closes the connection, or what `answer` does. Only `requests` is counted. */
export async function rawServer(answer: Answer | string | Buffer): Promise<Api & AsyncDisposable> {
  const requests: Api['requests'][number][] = [];
  const server = createServer((socket) => {
    socket.on('data', (bytes) => {
      const [, method = '', target = ''] = /^([A-Z]+) (\S+)/.exec(bytes.toString('latin1')) ?? [];
      if (method === '') return;
      requests.push({method, target, path: target, query: new URLSearchParams(), headers: {}, body: ''});
      if (typeof answer === 'function') answer(socket, requests.length - 1);
      else socket.end(answer);
    });
  });
  const at = await listening(server);
  return {
    url: at.url,
    port: at.port,
    requests,
    inFlight: 0,
    maxInFlight: 1,
    get connections() {
      return at.connections;
    },
    close: at.close,
    [Symbol.asyncDispose]: at.close,
  };
}

/** An answer: its status, its headers, then the body as it is. */
export const bytes = (status: string, headers: readonly string[], body: string | Buffer = ''): Buffer =>
  Buffer.concat([
    Buffer.from([`HTTP/1.1 ${status}`, ...headers, '', ''].join('\r\n'), 'latin1'),
    typeof body === 'string' ? Buffer.from(body) : body,
  ]);

/** A JSON answer with its length. */
export const page = (value: unknown, headers: readonly string[] = []): Buffer => {
  const body = JSON.stringify(value);
  return bytes('200 OK', ['content-type: application/json', ...headers, `content-length: ${body.length}`], body);
};
