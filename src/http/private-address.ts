import {lookup} from 'node:dns';
import {BlockList, isIP, type LookupFunction} from 'node:net';

/** Private, loopback, link-local, metadata and other addresses that are not of the public Internet (RFC 6890). */
const subnets = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  // IPv4 within IPv6: compatible, translated, by NAT64, 6to4 and Teredo.
  ['::', 96],
  ['::ffff:0:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const;

const blocked = new BlockList();
for (const [network, prefix] of subnets) blocked.addSubnet(network, prefix, network.includes(':') ? 'ipv6' : 'ipv4');

/** Whether a host is the text of such an address (an IPv6 address may stand in brackets); false for a name. */
export function isPrivateAddress(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const version = isIP(address);
  return version !== 0 && blocked.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

/** The code of the error by which `publicLookup` refuses a name. */
export const privateAddressCode = 'ERR_PRIVATE_ADDRESS';

/**
 * Resolves a name for the connection that is then made, and fails when any of its addresses is private: nobody can answer
 * differently between the check and the connection (contract, Secrets). `trusted`: hosts of proxies, which may lie anywhere.
 * `resolve` stands for DNS in tests.
 */
export function publicLookup(trusted: readonly string[] = [], resolve: LookupFunction = lookup): LookupFunction {
  return (host, options, callback) => {
    resolve(host, options, (error, result, family) => {
      if (error === null && !trusted.includes(host)) {
        const addresses = typeof result === 'string' ? [result] : result.map(({address}) => address);
        if (addresses.some(isPrivateAddress)) {
          const refused = Object.assign(new Error(`${host} has a private address`), {code: privateAddressCode});
          callback(refused, '', 0);
          return;
        }
      }
      callback(error, result, family);
    });
  };
}

/**
 * Whether a name has a private address as far as can be seen from here: behind a proxy the connection is made elsewhere. A name
 * that only the proxy can resolve is the proxy's to judge.
 */
export function isPrivateName(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    lookup(host, {all: true}, (error, found) =>
      resolve(error === null && found.some(({address}) => isPrivateAddress(address))),
    );
  });
}
