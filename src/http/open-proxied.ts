import {ClientRequest, request as httpRequest, type IncomingMessage, type RequestOptions} from 'node:http';
import {request as httpsRequest} from 'node:https';
import {Axios, AxiosError} from 'axios';
import type {Clock} from '../clock.js';
import {isUnanswered, largestHead, type Open, OpenError, silence, unanswered} from './open.js';
import type {Agents} from './open-direct.js';
import {privateAddressCode} from './private-address.js';

/** Over axios, which knows the proxies of the environment (HTTP_PROXY, NO_PROXY, …). */
export function openProxied(agents: Agents, clock: Clock): Open {
  // Without axios' defaults: each of them would be merged for every page.
  const client = new Axios({
    adapter: 'http',
    httpAgent: agents.http,
    httpsAgent: agents.https,
    responseType: 'stream',
    decompress: false,
    validateStatus: null,
    maxRedirects: 0,
  });
  return async ({method, url, headers, body: data}, {timeout, signal}) => {
    // Node's timeout begins with the connection, and a proxy may never make one.
    const late = new AbortController();
    const connected = timeout > 0 ? clock.after(timeout, () => late.abort()) : () => undefined;
    const asked = {
      method,
      url: url.href,
      data,
      timeout,
      signal: AbortSignal.any([signal, late.signal]),
      // false: axios would make every POST a form.
      headers: {'content-type': false, ...headers},
      transport: {
        request: (options: RequestOptions, answered: (message: IncomingMessage) => void) =>
          requestOf(options, answered, connected),
      },
    };
    try {
      return (await client.request<IncomingMessage>(asked)).data;
    } catch (thrown) {
      if (!(thrown instanceof AxiosError)) throw thrown;
      const {message, code, request} = thrown;
      const reused = request instanceof ClientRequest && isUnanswered(request);
      if (late.signal.aborted) throw silence();
      const about = code === privateAddressCode || code === 'ECONNABORTED' ? '' : proxyHint;
      throw new OpenError(`${message}${about}`, code, reused);
    } finally {
      connected();
    }
  };
}

/** Which requests go through it is axios' to know. */
const proxyHint = ' (a proxy is named in the environment: HTTP_PROXY, HTTPS_PROXY, NO_PROXY)';

/** What axios leaves to Node's defaults: the limit of an answer's head, and an end without error or answer. */
function requestOf(
  options: RequestOptions,
  answered: (message: IncomingMessage) => void,
  connected: () => void,
): ClientRequest {
  const limited = {...options, maxHeaderSize: largestHead};
  const request = options.protocol === 'https:' ? httpsRequest(limited) : httpRequest(limited);
  let isAnswered = false;
  request.once('response', (message) => {
    isAnswered = true;
    answered(message);
  });
  request.once('close', () => {
    if (!isAnswered) request.emit('error', unanswered());
  });
  return request.once('socket', (socket) => {
    if (socket.connecting) socket.once('connect', connected);
    else connected();
  });
}
