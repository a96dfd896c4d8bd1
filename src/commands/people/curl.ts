import type {AuthBlock} from '../../config/config.js';
import type {RequestSpec} from '../../http/request.js';
import {impliedHeaders} from '../../http/wire.js';
import {credentialText} from './credential-text.js';
import {bodyText, urlOf} from './request-text.js';

/**
 * The request as a curl command. Credentials and other secrets are shell variables, never values. `secrets`: values of
 * {secrets.NAME}.
 */
export function curl(spec: RequestSpec, auth: readonly AuthBlock[], secrets: Readonly<Record<string, string>>): string {
  const quote = quoter(secrets);
  let url = quote(urlOf(spec));
  const options: string[] = [];
  for (const block of auth) {
    const {name, location, prefix, variable, user, from} = credentialText(block);
    const value = from === '""' ? '' : `"$${variable}"`;
    switch (location) {
      case 'basic': {
        const left = user?.variable === undefined ? quote(`${user?.text ?? ''}:`) : `"$${user.variable}:"`;
        options.push(`-u ${left}${value}`);
        break;
      }
      case 'header':
        options.push(`-H ${quote(`${name}: ${prefix}`)}${value}`);
        break;
      case 'query':
        url += `${quote(`${url.includes('?') ? '&' : '?'}${encodeURIComponent(name)}=`)}${value}`;
        break;
      case 'cookie':
        options.push(`-b ${quote(`${name}=`)}${value}`);
        break;
      case 'body':
        options.push(`# and ${name} in the body: $${variable}`);
        break;
    }
  }
  const sent = {...impliedHeaders(spec), ...spec.headers};
  const headers = Object.entries(sent).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`);
  const body = spec.body === undefined ? [] : [`--data-raw ${quote(bodyText(spec))}`];
  const method = spec.method === 'GET' && body.length === 0 ? [] : [`-X ${spec.method}`];
  const comments = options.filter((option) => option.startsWith('#'));
  const plain = options.filter((option) => !option.startsWith('#'));
  return ['curl -sS', ...method, url, ...plain, ...headers, ...body, ...comments].join(' ');
}

/** A text in single quotes, with "$NAME" where it holds a secret. */
function quoter(secrets: Readonly<Record<string, string>>): (text: string) => string {
  const names = new Map<string, string>();
  for (const [name, value] of Object.entries(secrets)) {
    const variable = `"$${name.toUpperCase().replaceAll(/[^A-Z0-9_]+/g, '_')}"`;
    for (const spelling of [value, encodeURIComponent(value)]) if (value.length >= 4) names.set(spelling, variable);
  }
  const spellings = [...names.keys()].sort((a, b) => b.length - a.length);
  const single = (text: string) => (text === '' ? '' : `'${text.replaceAll("'", `'\\''`)}'`);
  const quote = (text: string): string => {
    const found = spellings.find((spelling) => text.includes(spelling));
    if (found === undefined) return single(text);
    return text
      .split(found)
      .map(quote)
      .join(names.get(found) ?? '');
  };
  return (text) => quote(text) || "''";
}
