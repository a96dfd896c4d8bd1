import {type ClientRequest, type Agent as HttpAgent, request as httpRequest, type IncomingMessage} from 'node:http';
import {type Agent as HttpsAgent, request as httpsRequest} from 'node:https';
import {type AxiosAdapter, AxiosError, CanceledError, type InternalAxiosRequestConfig} from 'axios';

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** Of the headers of an answer, in bytes: four times Node's own limit, which some gateways and cookie-happy APIs exceed. */
const largestHead = 65_536;

/**
 * An axios adapter over node:http for what this connector asks of one: a whole URL, a Buffer or nothing as the body, the answer
 * as Node's own message with its content coding on. It resolves with the head of the answer; `timeout` (ms of silence) and
 * `signal` count up to there, and the agents decide about connections. It lacks the stock adapter's proxies, forms, redirects
 * and progress, and it is made for each request with its headers, which axios would sort and copy four times: that is why it
 * costs a fifth of it (bench/README.md).
 */
export function createDirectAdapter(agents: Agents, headers: Readonly<Record<string, string>>): AxiosAdapter {
  return (config) =>
    new Promise((resolve, reject) => {
      const {signal, timeout = 0} = config;
      const request = open(config, agents, headers);
      let settled = false;
      const settle = (): void => {
        settled = true;
        signal?.removeEventListener?.('abort', onAbort);
      };
      // An error is made only where it is used: what comes after the head is the message's, and shows there.
      const fail = (error: () => AxiosError): void => {
        if (settled) return;
        settle();
        request.destroy();
        reject(error());
      };
      const onAbort = (): void => fail(() => new CanceledError('canceled', config, request));
      request.once('response', (message: IncomingMessage) => {
        settle();
        const {statusCode: status = 0, statusMessage: statusText = ''} = message;
        resolve({data: message, status, statusText, headers: {}, config, request});
      });
      request.on('error', (error) => fail(() => AxiosError.from(error, undefined, config, request)));
      // An answer such as 101 is none for us, and Node drops the connection without an error.
      request.once('close', () => {
        fail(
          () => new AxiosError('the connection ended without an answer', AxiosError.ERR_BAD_RESPONSE, config, request),
        );
      });
      if (timeout > 0) {
        request.once('timeout', () => {
          fail(() => new AxiosError(`timeout of ${timeout} ms exceeded`, AxiosError.ECONNABORTED, config, request));
        });
      }
      signal?.addEventListener?.('abort', onAbort);
      request.end(config.data);
    });
}

function open(
  {url = '', method = 'get', timeout = 0, data}: InternalAxiosRequestConfig,
  agents: Agents,
  headers: Readonly<Record<string, string>>,
): ClientRequest {
  const {protocol, hostname, port, pathname, search} = new URL(url);
  const secure = protocol === 'https:';
  const options = {
    agent: secure ? agents.https : agents.http,
    protocol,
    method: method.toUpperCase(),
    hostname: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
    port: port === '' ? undefined : port,
    path: `${pathname}${search}`,
    maxHeaderSize: largestHead,
    // Node leaves the length out where a body is unusual, as in GET.
    headers: Buffer.isBuffer(data) ? {'content-length': data.length, ...headers} : headers,
    ...(timeout > 0 ? {timeout} : {}),
  };
  return secure ? httpsRequest(options) : httpRequest(options);
}
