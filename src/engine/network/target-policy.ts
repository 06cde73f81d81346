import { fault, type Host, parseHost } from '../../../agents/contracts/index.js';
import type { TrustedTargets } from '../../../agents/run-context.js';
import { classifyAddress } from './address-class.js';
import type { Estate } from './estate.js';

export interface Listener {
  readonly host: string;
  readonly port: number;
}

/** Decides, without touching the network, what a tool may look at. Each refusal is a `TARGET_*` fault. */
export interface TargetPolicy {
  /** Reads the host and checks that somebody who may choose targets chose it. `port` is absent for DNS. */
  admitHost(text: string, targets: TrustedTargets, port?: number): Host;
  /** Checks an address that `host` stands for and returns the one to connect to. */
  admitAddress(address: string, host: Host, port?: number): string;
}

/** Names that mean this machine, this network or a cloud's metadata service. A lookup alone would give them away. */
const LOCAL_SUFFIXES: readonly string[] = [
  ...['localhost', 'localdomain', 'local', 'internal', 'intranet', 'private', 'corp', 'home', 'lan', 'arpa'],
  ...['svc', 'metadata.goog', 'metadata.azure.com'],
];

const isLocalName = (name: string): boolean =>
  !name.includes('.') || LOCAL_SUFFIXES.some((suffix) => name === suffix || name.endsWith(`.${suffix}`));

/**
 * Labels under which standards keep a domain's own records. They come from this list only, so that trust in a domain
 * lets a tool read its mail policy and yet no label can carry data out.
 */
const SERVICE_LABELS: readonly string[] = ['_dmarc.', '_mta-sts.', '_smtp._tls.'];

/** No estate opens these: they are no host, or they hand out credentials. */
const NEVER: ReadonlySet<string> = new Set([
  'metadata',
  'unspecified',
  'multicast',
  'broadcast',
  'unreadable',
]);

const denied = (detail: string) => fault('TARGET_DENIED', { detail });

/**
 * Makes the policy of one gate.
 *
 * @param ownListeners where this process listens; never a target, even inside the estate
 * @param ownAddresses the addresses that a listener on `0.0.0.0` or `::` answers on
 */
export function createTargetPolicy(
  estate: Estate,
  ownListeners: () => readonly Listener[],
  ownAddresses: () => readonly string[],
): TargetPolicy {
  const inEstate = (host: Host, port?: number) =>
    host.kind === 'name' ? estate.coversName(host.text, port) : estate.coversAddress(host.text, port);

  const isTrusted = (host: Host, targets: TrustedTargets, port?: number): boolean => {
    if (targets.has(host.text) || inEstate(host, port)) return true;
    const label = SERVICE_LABELS.find((prefix) => host.text.startsWith(prefix));
    return label !== undefined && isTrusted({ ...host, text: host.text.slice(label.length) }, targets, port);
  };

  const isOwn = (address: string, port: number | undefined) =>
    ownListeners().some((listener) => {
      if (listener.port !== port) return false;
      const bound = parseHost(listener.host);
      const everywhere =
        !bound || bound.kind === 'name' || classifyAddress(bound.text).class === 'unspecified';
      return everywhere
        ? classifyAddress(address).class === 'loopback' || ownAddresses().includes(address)
        : classifyAddress(bound.text).address === address;
    });

  return {
    admitHost(text, targets, port) {
      const host = parseHost(text);
      if (!host) throw fault('TARGET_INVALID');
      if (!isTrusted(host, targets, port)) {
        throw fault('TARGET_UNTRUSTED', { detail: `Nobody who may choose targets named ${host.text}.` });
      }
      if (host.kind === 'name' && isLocalName(host.text) && !estate.coversName(host.text, port)) {
        throw denied(`${host.text} is a name of the local network.`);
      }
      return host;
    },

    admitAddress(address, host, port) {
      const known = classifyAddress(address);
      const allowed =
        known.class === 'unicast' ||
        (!NEVER.has(known.class) && (inEstate(host, port) || estate.coversAddress(known.address, port)));
      if (!allowed) throw denied(`${host.text} leads to an address that is off limits (${known.class}).`);
      if (isOwn(known.address, port)) throw denied(`${host.text} leads to Triagent itself.`);
      return known.address;
    },
  };
}
