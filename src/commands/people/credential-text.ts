import type {AuthBlock} from '../../config/config.js';
import type {Json} from '../../json/exact.js';

/** One credential of a request in words and for a shell; its value stands nowhere. */
export interface CredentialText {
  readonly type: string;
  /** Where it goes, as a name that a request has: a header in lower case, a parameter. */
  readonly name: string;
  readonly location: 'header' | 'query' | 'cookie' | 'body' | 'basic';
  /** `Bearer `, with the space. */
  readonly prefix: string;
  /** `{secrets.token}`; empty for a value in clear, `""` for an empty one. */
  readonly from: string;
  /** Shell variable that stands for it: TOKEN. */
  readonly variable: string;
  /** Of http_basic. */
  readonly user: {readonly text: string; readonly variable: string | undefined} | undefined;
}

export function credentialText({type, options}: AuthBlock): CredentialText {
  const text = (name: string, usual = ''): string => {
    const value: Json | undefined = options[name];
    return typeof value === 'string' ? value : usual;
  };
  const bearer = {type, name: 'authorization', location: 'header', prefix: 'Bearer ', user: undefined} as const;
  switch (type) {
    case 'http_basic': {
      const user = text('username');
      return {
        type,
        name: 'authorization',
        location: 'basic',
        prefix: 'Basic ',
        ...sourceOf(text('password'), 'PASSWORD'),
        user: {text: user, variable: placeholderName(user)},
      };
    }
    case 'api_key':
    case 'session_token': {
      const location = text('location', 'header');
      const prefix = text('prefix');
      const name = text('name', 'Authorization');
      const kind = location === 'param' ? 'query' : location;
      return {
        type,
        name: kind === 'header' ? name.toLowerCase() : name,
        location: kind === 'query' || kind === 'cookie' || kind === 'body' ? kind : 'header',
        prefix: prefix === '' ? '' : `${prefix.trimEnd()} `,
        ...(type === 'api_key'
          ? sourceOf(text('api_key'), 'API_KEY')
          : {from: 'from the login request', variable: 'SESSION_TOKEN'}),
        user: undefined,
      };
    }
    case 'bearer':
      return {...bearer, ...sourceOf(text('token'), 'TOKEN')};
    default:
      return {...bearer, from: 'from the token request', variable: 'ACCESS_TOKEN'};
  }
}

const placeholder = /^(?:\{(?:secrets|vars)\.([^{}|]+)\}|\$\{([A-Z0-9_]+)\})$/;

const variableName = (name: string): string =>
  name
    .toUpperCase()
    .replaceAll(/[^A-Z0-9_]+/g, '_')
    .replace(/^(?=\d)/, '_');

function placeholderName(text: string): string | undefined {
  const match = placeholder.exec(text);
  return match === null ? undefined : variableName(match[1] ?? match[2] ?? '');
}

function sourceOf(text: string, usual: string): {readonly from: string; readonly variable: string} {
  const name = placeholderName(text);
  if (name !== undefined) return {from: text, variable: name};
  return {from: text === '' ? '""' : '', variable: usual};
}

/** `bearer {secrets.token}`, `http_basic me + {secrets.password}`, `none`. */
export function authText(blocks: readonly AuthBlock[]): string {
  if (blocks.length === 0) return 'none';
  return blocks
    .map((block) => {
      const {type, from, user} = credentialText(block);
      const value = from === '' ? '••••' : from;
      return user === undefined ? `${type} ${value}` : `${type} ${user.text}:${value}`;
    })
    .join(' + ');
}
