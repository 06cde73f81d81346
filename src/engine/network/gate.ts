import type { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { SecureContext } from 'node:tls';
import { type ErrorCode, type Fault, fault, type Host, isFault } from '../../../agents/contracts/index.js';
import type { DnsType } from '../../../agents/ports.js';
import type { RunContext } from '../../../agents/run-context.js';
import { type DnsAnswer, type DnsOptions, queryDns } from './dns-resolver.js';
import { parseEstate } from './estate.js';
import { connectPinned } from './pinned-socket.js';
import { createTargetPolicy, type Listener, type TargetPolicy } from './target-policy.js';
import { createTenantRate, type RateOptions } from './tenant-rate.js';
import { inspectionContext } from './tls-socket.js';

/** Milliseconds that each step may take. */
export interface NetworkTimeouts {
  readonly dnsMs: number;
  readonly connectMs: number;
  readonly handshakeMs: number;
  /** From a whole HTTP request to the first byte of its answer. */
  readonly answerMs: number;
  /** From there to the last byte that is read. */
  readonly bodyMs: number;
  /** For a mail server's greeting, which some delay on purpose, and its answer to `EHLO`. */
  readonly greetingMs: number;
}

export interface NetworkOptions {
  readonly enabled: boolean;
  /** `estate.allow` of the configuration. */
  readonly estate: readonly string[];
  /** Where this process listens, read at each call: never a target. */
  readonly ownListeners?: () => readonly Listener[];
  readonly resolver?: { readonly servers?: readonly string[] };
  /** PEM certificates of an own authority, trusted beside the public ones. */
  readonly extraRoots?: readonly string[];
  readonly timeouts?: Partial<NetworkTimeouts>;
  /** By tenant. */
  readonly rate?: RateOptions;
  /** Where mail exchangers listen, 25 by RFC 5321; another one where those of a test do. */
  readonly mailPort?: number;
}

const TIMEOUTS: NetworkTimeouts = {
  dnsMs: 4_000,
  connectMs: 4_000,
  handshakeMs: 4_000,
  answerMs: 10_000,
  bodyMs: 3_000,
  greetingMs: 10_000,
};
const RATE: RateOptions = { burst: 100, perMinute: 300 };
/** Addresses of one name that are tried in turn. */
const MAX_ATTEMPTS = 3;

const ownAddresses = () =>
  Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));

/** Another address of the same name may still answer after one of these. */
const NEXT_ADDRESS: readonly ErrorCode[] = ['CONNECT_REFUSED', 'CONNECT_TIMEOUT', 'CONNECT_UNREACHABLE'];

function unresolved(host: Host, answers: readonly DnsAnswer[]): Fault {
  const statuses = answers.map(({ status }) => status);
  const failed = statuses.find((status) => status !== 'nxdomain' && status !== 'nodata');
  if (failed)
    return fault('RESOLVER_FAILED', { detail: `The resolver gave no answer for ${host.text} (${failed}).` });
  const detail = statuses.includes('nodata')
    ? `${host.text} exists but has no address.`
    : `The name ${host.text} does not exist.`;
  return fault('NAME_NOT_FOUND', { detail });
}

export interface Reached {
  readonly socket: Socket;
  readonly address: string;
}

/** Admits and pins: what every kind of look has of the network, and all that it has. */
export interface Gate {
  readonly policy: TargetPolicy;
  readonly timeouts: NetworkTimeouts;
  readonly mailPort: number;
  /** A trusted host, before a packet leaves. Throws `TOOLS_OFF` and `TARGET_*`. */
  admit(text: string, run: RunContext, port?: number): Host;
  /** Takes one call from the tenant's rate. Throws `RATE_LIMITED`. */
  count(run: RunContext): void;
  /** Work whose every wait ends with the run or with its deadline, which a tool may have narrowed. */
  bounded<T>(run: RunContext, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  ask(name: string, type: DnsType, signal: AbortSignal): Promise<DnsAnswer>;
  /** The addresses of a host, asked for once and all of them checked. */
  resolve(host: Host, port: number, signal: AbortSignal): Promise<readonly string[]>;
  /** A socket to the first of these addresses that answers. Addresses come from {@link resolve} alone. */
  open(addresses: readonly string[], port: number, signal: AbortSignal): Promise<Reached>;
  secureContext(): SecureContext;
}

/** What ended a look within its reports: a fault, or the end of the look's time. The unexpected is thrown. */
export function endOf(error: unknown, signal: AbortSignal): Fault {
  if (isFault(error)) return error;
  if (signal.aborted) return fault('TOOL_TIMEOUT', { cause: error });
  throw error;
}

/**
 * The one place where tools get sockets: a target is read strictly, must be trusted or in the estate, is resolved once,
 * and only an address that passed the check is connected to.
 *
 * Throws `CONFIG_INVALID` for an estate that cannot be read.
 */
export function createGate(options: NetworkOptions): Gate {
  const policy = createTargetPolicy(
    parseEstate(options.estate),
    options.ownListeners ?? (() => []),
    ownAddresses,
  );
  const timeouts = { ...TIMEOUTS, ...options.timeouts };
  const takeToken = createTenantRate(options.rate ?? RATE, () => performance.now());
  const dns: DnsOptions = { ...options.resolver, timeoutMs: timeouts.dnsMs };
  let context: SecureContext | undefined;

  const addressesOf = async (host: Host, signal: AbortSignal): Promise<readonly string[]> => {
    if (host.kind !== 'name') return [host.text];
    // RFC 6761 §6.3: never a question for a DNS server.
    if (host.text === 'localhost' || host.text.endsWith('.localhost')) return ['127.0.0.1', '::1'];
    const answers = await Promise.all([
      queryDns(host.text, 'A', dns, signal),
      queryDns(host.text, 'AAAA', dns, signal),
    ]);
    const addresses = answers.flatMap(({ records }) => records);
    if (addresses.length === 0) throw unresolved(host, answers);
    return addresses;
  };

  return {
    policy,
    timeouts,
    mailPort: options.mailPort ?? 25,

    admit(text, run, port) {
      run.signal.throwIfAborted();
      if (!options.enabled) throw fault('TOOLS_OFF');
      return policy.admitHost(text, run.targets, port);
    },

    count: (run) => takeToken(run.principal.tenant),

    async bounded(run, work) {
      const left = run.limits.deadline - Date.now();
      if (left <= 0) throw fault('TOOL_TIMEOUT');
      const limit = AbortSignal.timeout(Math.min(left, 0x7fffffff));
      try {
        return await work(AbortSignal.any([run.signal, limit]));
      } catch (error) {
        run.signal.throwIfAborted();
        throw limit.aborted && !isFault(error) ? fault('TOOL_TIMEOUT', { cause: error }) : error;
      }
    },

    ask: (name, type, signal) => queryDns(name, type, dns, signal),

    async resolve(host, port, signal) {
      const found = await addressesOf(host, signal);
      return found.map((address) => policy.admitAddress(address, host, port));
    },

    async open(addresses, port, signal) {
      let failure: unknown;
      for (const address of addresses.slice(0, MAX_ATTEMPTS)) {
        try {
          return { socket: await connectPinned(address, port, timeouts.connectMs, signal), address };
        } catch (error) {
          failure = error;
          if (!isFault(error) || !NEXT_ADDRESS.includes(error.code)) break;
        }
      }
      throw failure;
    },

    secureContext: () => (context ??= inspectionContext(options.extraRoots ?? [])),
  };
}
