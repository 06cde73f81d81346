import { networkInterfaces } from 'node:os';
import type { SecureContext } from 'node:tls';
import { type ErrorCode, type Fault, fault, type Host, isFault } from '../../../agents/contracts/index.js';
import { DNS_TYPES, type DnsReport, type Network, type TlsReport } from '../../../agents/ports.js';
import type { RunContext } from '../../../agents/run-context.js';
import { type DnsAnswer, type DnsOptions, queryDns } from './dns-resolver.js';
import { parseEstate } from './estate.js';
import { connectPinned } from './pinned-socket.js';
import { createTargetPolicy, type Listener } from './target-policy.js';
import { createTenantRate, type RateOptions } from './tenant-rate.js';
import { inspectionContext, shakeHands } from './tls-inspector.js';

export interface NetworkTimeouts {
  readonly dnsMs: number;
  readonly connectMs: number;
  readonly handshakeMs: number;
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
}

const TIMEOUTS: NetworkTimeouts = { dnsMs: 4_000, connectMs: 4_000, handshakeMs: 4_000 };
const RATE: RateOptions = { burst: 100, perMinute: 300 };
/** Addresses of one name that are tried in turn. */
const MAX_ATTEMPTS = 3;

const ownAddresses = () =>
  Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));

const roundedSince = (started: number) => Math.round(performance.now() - started);

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

/**
 * The egress gate: owns every socket that a tool opens. A target is read strictly, must be trusted or in the estate, is
 * resolved once, and only an address that passed the check is connected to (its refusals: {@link Network}).
 *
 * Throws `CONFIG_INVALID` for an estate that cannot be read.
 */
export function createNetwork(options: NetworkOptions): Network {
  const estate = parseEstate(options.estate);
  const policy = createTargetPolicy(estate, options.ownListeners ?? (() => []), ownAddresses);
  const timeouts = { ...TIMEOUTS, ...options.timeouts };
  const takeToken = createTenantRate(options.rate ?? RATE, () => performance.now());
  const dns: DnsOptions = { ...options.resolver, timeoutMs: timeouts.dnsMs };

  let context: SecureContext | undefined;

  const enter = (run: RunContext) => {
    run.signal.throwIfAborted();
    if (!options.enabled) throw fault('TOOLS_OFF');
  };

  /** The run's own deadline, which a tool may have narrowed, bounds every wait beside the gate's timeouts. */
  const bounded = async <T>(run: RunContext, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const left = run.limits.deadline - Date.now();
    if (left <= 0) throw fault('TOOL_TIMEOUT');
    const limit = AbortSignal.timeout(Math.min(left, 0x7fffffff));
    try {
      return await work(AbortSignal.any([run.signal, limit]));
    } catch (error) {
      run.signal.throwIfAborted();
      throw limit.aborted && !isFault(error) ? fault('TOOL_TIMEOUT', { cause: error }) : error;
    }
  };

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

  const connectFirst = async (addresses: readonly string[], port: number, signal: AbortSignal) => {
    let failure: unknown;
    for (const address of addresses) {
      try {
        return await connectPinned(address, port, timeouts.connectMs, signal);
      } catch (error) {
        failure = error;
        if (!isFault(error) || !NEXT_ADDRESS.includes(error.code)) break;
      }
    }
    throw failure;
  };

  return {
    async lookup(name, type, run): Promise<DnsReport> {
      enter(run);
      if (!DNS_TYPES.includes(type))
        throw fault('TOOL_INPUT_INVALID', { detail: 'This record type is not asked for.' });
      const host = policy.admitHost(name, run.targets);
      if ((host.kind === 'name') === (type === 'PTR')) {
        throw fault('TARGET_INVALID', {
          detail: 'A PTR record is asked for an address, every other type for a name.',
        });
      }
      const asked = type === 'PTR' ? policy.admitAddress(host.text, host) : host.text;
      takeToken(run.principal.tenant);
      const started = performance.now();
      const answer = await bounded(run, (signal) => queryDns(asked, type, dns, signal));
      return { name: host.text, type, ...answer, ms: roundedSince(started) };
    },

    async inspectTls(target, run): Promise<TlsReport> {
      enter(run);
      const { port } = target;
      if (!Number.isInteger(port) || port < 1 || port > 65_535) {
        throw fault('TARGET_INVALID', { detail: 'A port is a whole number from 1 to 65535.' });
      }
      const host = policy.admitHost(target.host, run.targets, port);
      takeToken(run.principal.tenant);
      const started = performance.now();
      return bounded(run, async (signal) => {
        const found = await addressesOf(host, signal);
        const admitted = found.map((address) => policy.admitAddress(address, host, port));
        const socket = await connectFirst(admitted.slice(0, MAX_ATTEMPTS), port, signal);
        context ??= inspectionContext(options.extraRoots ?? []);
        const inspection = { host, port, context, timeoutMs: timeouts.handshakeMs };
        const report = await shakeHands(socket, inspection, signal);
        return { ...report, ms: roundedSince(started) };
      });
    },
  };
}
