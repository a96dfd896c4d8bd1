/** A place as messages and reports name it: the URL of a server without the password that it may hold. */
export function withoutPassword(into: string): string {
  // Up to the last @, because a password may hold one, and a slash too where somebody forgot to encode it.
  const url = /^([a-z][a-z0-9+.-]*:\/\/)(.*)@(.*)$/is.exec(into);
  const [, scheme = '', login = '', rest = ''] = url ?? [];
  const shown = url === null ? into : `${scheme}${login.split(':')[0]}@${rest}`;
  return shown.replace(/[?&]password=[^&]*/gi, '').replace(/^([^?]*)&/, '$1?');
}
