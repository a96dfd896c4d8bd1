import {ClientRequest, request as httpRequest, type IncomingMessage, type RequestOptions} from 'node:http';
import {request as httpsRequest} from 'node:https';
import {Axios, AxiosError} from 'axios';
import {isUnanswered, largestHead, type Open, OpenError} from './open.js';
import type {Agents} from './open-direct.js';

/** Over axios, which knows the proxies of the environment (HTTP_PROXY, NO_PROXY, …). */
export function openProxied(agents: Agents): Open {
  // Without axios' defaults: each of them would be merged for every page.
  const client = new Axios({
    adapter: 'http',
    httpAgent: agents.http,
    httpsAgent: agents.https,
    responseType: 'stream',
    decompress: false,
    validateStatus: null,
    maxRedirects: 0,
    transport: {request: withLargeHead},
  });
  return async ({method, url, headers, body: data}, {timeout, signal}) => {
    // false: axios would make every POST a form.
    const asked = {method, url: url.href, data, timeout, signal, headers: {'content-type': false, ...headers}};
    try {
      return (await client.request<IncomingMessage>(asked)).data;
    } catch (thrown) {
      if (!(thrown instanceof AxiosError)) throw thrown;
      const {message, code, request} = thrown;
      throw new OpenError(message, code, request instanceof ClientRequest && isUnanswered(request));
    }
  };
}

/** Axios knows no limit for the head of an answer, and Node's own is a quarter of ours. */
function withLargeHead(options: RequestOptions, answered: (message: IncomingMessage) => void): ClientRequest {
  const limited = {...options, maxHeaderSize: largestHead};
  return options.protocol === 'https:' ? httpsRequest(limited, answered) : httpRequest(limited, answered);
}
