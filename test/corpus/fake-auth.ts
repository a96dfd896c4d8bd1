import type {AuthBlock} from '../../src/config/config.js';
import type {Recorded} from '../support/api-server.js';

/** Whether the request carries something where each of these blocks puts its credential. */
export function isAuthorized(request: Recorded, blocks: readonly AuthBlock[]): boolean {
  return blocks.every(({type, options}) => {
    const authorization = request.headers.authorization ?? '';
    switch (type) {
      case 'bearer':
      case 'oauth2_client_credentials':
      case 'oauth2_refresh_token':
        return /^Bearer \S/.test(authorization);
      case 'http_basic':
        return /^Basic \S/.test(authorization);
      case 'api_key': {
        const name = String(options['name'] ?? 'Authorization');
        switch (options['location'] ?? 'header') {
          case 'query':
          case 'param':
            return request.query.getAll(name).length === 1;
          case 'cookie':
            return (request.headers.cookie ?? '').includes(`${name}=`);
          case 'body':
            return request.body.includes(name) || request.query.has(name);
          default:
            return (request.headers[name.toLowerCase()] ?? '') !== '';
        }
      }
      default:
        return true;
    }
  });
}
