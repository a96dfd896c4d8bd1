import {isIP} from 'node:net';
import type {WireRequest} from '../wire.js';

/** What nothing of a head may hold: a line of its own would begin (RFC 9112 §11.1), also of what Latin-1 makes another character. */
const breaks = /[^\t\x20-\xff]/;

const withBody = new Set(['POST', 'PUT', 'PATCH']);

/**
 * The head of a request (RFC 9112 §3), Latin-1: its headers as they are written, the last of those that differ in case alone,
 * then host, connection and length. Throws an Error for a line break in it, which `toWire` has refused before.
 */
export function requestHead({method, url, headers, body}: WireRequest): string {
  const lines = new Map<string, string>();
  for (const name in headers) lines.set(name.toLowerCase(), `${name}: ${headers[name]}`);
  if (!lines.has('host')) lines.set('host', `Host: ${url.host}`);
  if (!lines.has('connection')) lines.set('connection', 'Connection: keep-alive');
  // Lengths and framing are ours to name. Node leaves the length out where a body is unusual, as in GET.
  lines.delete('transfer-encoding');
  if (body !== undefined || withBody.has(method)) lines.set('content-length', `Content-Length: ${body?.length ?? 0}`);
  else lines.delete('content-length');
  let text = `${method} ${url.pathname}${url.search} HTTP/1.1\r\n`;
  for (const line of lines.values()) {
    if (breaks.test(line)) throw new Error(`a line break in the header ${JSON.stringify(line.split(':')[0])}`);
    text += `${line}\r\n`;
  }
  return `${text}\r\n`;
}

/** Whether a head says that the connection ends with the answer, as a configuration may. */
export const asksToClose = (head: string): boolean => /\nconnection:[^\r]*\bclose\b/i.test(head);

/** The name in the certificate that is asked for: that of the Host header, as Node's agent has it; '' for an address. */
export function serverName(request: WireRequest): string {
  const written = Object.entries(request.headers).findLast(([name]) => name.toLowerCase() === 'host')?.[1];
  const host = written === undefined ? request.url.hostname : (/^\[[^\]]*\]|^[^:]*/.exec(written)?.[0] ?? '');
  const name = host.startsWith('[') ? host.slice(1, -1) : host;
  return isIP(name) === 0 ? name : '';
}
