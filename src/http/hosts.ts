import {configError} from '../errors.js';
import type {Note} from '../log.js';
import {isPrivateAddress} from './private-address.js';
import {displayUrl, parseUrl} from './url.js';

/** Which hosts may be requested and given credentials (config-language §2, Hosts). One for all resources. */
export interface Hosts {
  /** A base_url or absolute path as configured: its host (with port) is allowed from now on. */
  allow(url: string): void;
  /**
   * The url to request, upgraded to https where a base of that name has it. Throws ConnectorError for a host that is not
   * allowed, for another scheme than http(s), and in the cloud for http and private addresses.
   */
  check(url: string): string;
  /** Whether a request with credentials may go to this http url after https was configured or used. */
  isDowngrade(url: string, before: string | undefined): boolean;
}

interface HostsContext {
  /** `allowed_hosts`: host, host:port, *.example.com */
  readonly allowed: readonly string[];
  /** DEPLOYMENT_MODE=cloud: https to public addresses only. */
  readonly cloud: boolean;
  readonly note: (note: Note) => void;
}

const defaultPorts: Readonly<Record<string, string>> = {'http:': '80', 'https:': '443'};

const portOf = (url: URL): string => (url.port === '' ? (defaultPorts[url.protocol] ?? '') : url.port);

export function createHosts(context: HostsContext): Hosts {
  const configured: URL[] = [];
  const entries = context.allowed.map(parseEntry);

  const baseOf = (url: URL, protocol: string): URL | undefined =>
    configured.find((base) => base.hostname === url.hostname && base.protocol === protocol);

  const isAllowed = (url: URL): boolean =>
    configured.some((base) => base.hostname === url.hostname && portOf(base) === portOf(url)) ||
    entries.some((matches) => matches(url));

  /** From http to https on the default ports of one name. */
  const isUpgraded = (url: URL): boolean => {
    const base = baseOf(url, 'http:');
    return url.protocol === 'https:' && portOf(url) === '443' && base !== undefined && portOf(base) === '80';
  };

  const upgrade = (url: URL): URL => {
    if (url.protocol !== 'http:' || portOf(url) !== '80') return url;
    const base = baseOf(url, 'https:');
    if (base === undefined || baseOf(url, 'http:') !== undefined) return url;
    context.note({
      level: 'info',
      key: 'hosts.upgraded',
      text: `the API names http://${url.hostname}; ${base.origin} is requested in its place`,
    });
    return new URL(base.origin);
  };

  /** The url checked last, if it is to be requested as it is: the pages of a walk differ in their query alone. */
  let passed: string | undefined;

  return {
    allow(url) {
      const parsed = parseUrl(url);
      passed = undefined;
      if (!configured.some((base) => base.origin === parsed.origin)) configured.push(parsed);
    },
    check(url) {
      if (url === passed) return url;
      const parsed = parseUrl(url);
      if (defaultPorts[parsed.protocol] === undefined) {
        throw configError(`${displayUrl(url, []).slice(0, 200)} is neither http nor https: only these are requested`);
      }
      const target = upgrade(parsed);
      if (!isAllowed(target) && !isUpgraded(target)) {
        throw configError(
          `the host ${parsed.host} is not one of the configuration: requests and credentials go to the hosts of base_url and absolute paths only. If it is right, add "${parsed.host}" to client.allowed_hosts`,
        );
      }
      if (context.cloud) refuseInCloud(target);
      if (target === parsed) passed = url;
      return target === parsed ? url : url.replace(/^[a-z]+:\/\/[^/?#]*/i, target.origin);
    },
    isDowngrade(url, before) {
      if (!/^http:/i.test(url) || (before === undefined && !configured.some(isHttps))) return false;
      const parsed = parseUrl(url);
      if (before !== undefined && /^https:/i.test(before)) return true;
      return !configured.some((base) => base.origin === parsed.origin) && configured.some(isHttps);
    },
  };
}

const isHttps = (url: URL): boolean => url.protocol === 'https:';

function refuseInCloud(url: URL): void {
  if (url.protocol === 'http:') throw configError(`http://${url.host} is not allowed in the cloud: use https`);
  if (isPrivateAddress(url.hostname) || url.hostname === 'localhost') throw privateHost(url.host);
}

const privateHost = (host: string): Error =>
  configError(`${host} is a private address, which is not allowed in the cloud: use a host of the public Internet`);

/** `host` means the default ports; `*.example.com` every name below it, but not itself. */
function parseEntry(entry: string): (url: URL) => boolean {
  const wildcard = entry.startsWith('*.');
  const text = wildcard ? entry.slice(2) : entry;
  const address = `https://${text}`;
  if (!URL.canParse(address) || /[/?#@*\s]/.test(text)) {
    throw configError(`client.allowed_hosts: "${entry}" is no host: write host, host:port or *.example.com`);
  }
  const {hostname} = new URL(address);
  // The URL parser drops 443 where it is written.
  const port = /:(\d+)$/.exec(text)?.[1];
  return (url) =>
    (wildcard ? url.hostname.endsWith(`.${hostname}`) : url.hostname === hostname) &&
    (port === undefined ? url.port === '' : portOf(url) === String(Number(port)));
}
