import { Resolver } from 'node:dns/promises';
import { type DnsReport, type DnsType } from '../../../agents/ports.js';
import { errorCode } from './error-code.js';
import { plainLine } from './remote-text.js';

export type DnsAnswer = Pick<DnsReport, 'status' | 'records'>;

export interface DnsOptions {
  /** `address` or `address:port`; the system's own where none are given. */
  readonly servers?: readonly string[];
  readonly timeoutMs: number;
}

/** More than any honest answer holds; the rest is dropped. */
const MAX_RECORDS = 64;

/** c-ares' names for the outcomes that say something about the name; every other one is `error`. */
const STATUS: Readonly<Record<string, DnsAnswer['status']>> = {
  ENOTFOUND: 'nxdomain',
  ENODATA: 'nodata',
  ESERVFAIL: 'servfail',
  EREFUSED: 'refused',
  ETIMEOUT: 'timeout',
  ECANCELLED: 'timeout',
};

const READ: Readonly<Record<DnsType, (resolver: Resolver, name: string) => Promise<readonly string[]>>> = {
  A: (resolver, name) => resolver.resolve4(name),
  AAAA: (resolver, name) => resolver.resolve6(name),
  CNAME: (resolver, name) => resolver.resolveCname(name),
  NS: (resolver, name) => resolver.resolveNs(name),
  PTR: (resolver, address) => resolver.reverse(address),
  TXT: async (resolver, name) => (await resolver.resolveTxt(name)).map((parts) => parts.join('')),
  MX: async (resolver, name) =>
    (await resolver.resolveMx(name))
      .sort((one, other) => one.priority - other.priority)
      .map(({ priority, exchange }) => `${priority} ${exchange || '.'}`),
  SOA: async (resolver, name) => {
    const { nsname, hostmaster, serial, refresh, retry, expire, minttl } = await resolver.resolveSoa(name);
    return [[nsname, hostmaster, serial, refresh, retry, expire, minttl].join(' ')];
  },
};

/**
 * Asks the resolver once for the records of one type: no hosts file, no search list, no cache. A name that does not
 * exist, a type without records and a resolver that failed are three different statuses.
 *
 * @throws the signal's reason where it aborts
 */
export async function queryDns(
  name: string,
  type: DnsType,
  options: DnsOptions,
  signal: AbortSignal,
): Promise<DnsAnswer> {
  signal.throwIfAborted();
  const resolver = new Resolver({ timeout: options.timeoutMs, tries: 1 });
  if (options.servers) resolver.setServers(options.servers);
  const stop = () => resolver.cancel();
  // One server's timeout is c-ares' own; several servers in turn must not add up.
  const limit = setTimeout(stop, options.timeoutMs);
  signal.addEventListener('abort', stop);
  try {
    const records = await READ[type](resolver, name);
    return { status: 'ok', records: records.slice(0, MAX_RECORDS).map((record) => plainLine(record, 1_000)) };
  } catch (error) {
    signal.throwIfAborted();
    return { status: STATUS[errorCode(error)] ?? 'error', records: [] };
  } finally {
    clearTimeout(limit);
    signal.removeEventListener('abort', stop);
  }
}
