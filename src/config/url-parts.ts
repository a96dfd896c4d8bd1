/** Parameters that are written into a URL, as they are written. */
export function queryOf(url: string): readonly (readonly [name: string, value: string])[] {
  if (!url.includes('?')) return [];
  const [query = ''] = url.slice(url.indexOf('?') + 1).split('#');
  return query.split('&').map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return [name, value.join('=')];
  });
}

/** User and password before the host of a URL, as they are written; undefined where there is none. */
export function userInfoOf(url: string): {readonly username: string; readonly password: string} | undefined {
  const info = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)@/i.exec(url)?.[1];
  if (info === undefined) return undefined;
  const [username = '', ...password] = info.split(':');
  return {username, password: password.join(':')};
}
