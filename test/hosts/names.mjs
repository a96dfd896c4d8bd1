// Loaded into the built program (NODE_OPTIONS=--import): a DNS and an Internet of its own. NAMES: name to lists of addresses, one list
// for each time it is asked, the last for ever. PUBLIC: name to the local port that is reached where it resolves to a public address.
import dns from 'node:dns';
import {syncBuiltinESMExports} from 'node:module';
import net from 'node:net';

const names = JSON.parse(process.env.NAMES ?? '{}');
const reached = JSON.parse(process.env.PUBLIC ?? '{}');
const asked = new Map();
const resolve = dns.lookup;

dns.lookup = (name, options, callback) => {
  const answers = names[name];
  const done = callback ?? options;
  if (answers === undefined) {
    resolve(name, options, callback);
    return;
  }
  const turn = asked.get(name) ?? 0;
  asked.set(name, turn + 1);
  const found = (answers[turn] ?? answers.at(-1)).map((address) => ({address, family: address.includes(':') ? 6 : 4}));
  process.nextTick(() => {
    if (found.length === 0) done(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), {code: 'ENOTFOUND'}));
    else if (options.all === true) done(null, found);
    else done(null, found[0].address, found[0].family);
  });
};
syncBuiltinESMExports();

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...given) {
  // Normalized arguments are a list within the list.
  const [options, connected] = Array.isArray(given[0]) ? given[0] : given;
  const port = reached[options?.host];
  if (port === undefined) return connect.apply(this, given);
  (options.lookup ?? dns.lookup)(options.host, {all: true}, (error, addresses) => {
    if (error !== null && error !== undefined) this.destroy(error);
    else if (addresses.some(({address}) => address === '127.0.0.1'))
      connect.call(this, {...options, lookup: undefined, host: '127.0.0.1'}, connected);
    else connect.call(this, {...options, lookup: undefined, host: '127.0.0.1', port}, connected);
  });
  return this;
};
