import { fault, type Host, parseHost } from '../../../agents/contracts/index.js';
import { DKIM_SELECTORS } from '../../../agents/ports.js';
import type { TrustedTargets } from '../../../agents/run-context.js';
import { classifyAddress } from './address-class.js';
import type { Estate } from './estate.js';
import { isSameSite } from './same-site.js';

export interface Listener {
  readonly host: string;
  readonly port: number;
}

/** Decides, without touching the network, what a tool may look at. Each refusal is a `TARGET_*` fault. */
export interface TargetPolicy {
  /** Reads the host and checks that somebody who may choose targets chose it. `port` is absent for DNS. */
  admitHost(text: string, targets: TrustedTargets, port?: number): Host;
  /** Checks where a host that may be looked at sends its visitor: to its own site, or to what is trusted anyway. */
  admitRedirect(text: string, port: number, targets: TrustedTargets, from: Visited): Host;
  /** Checks a name that DNS gave for a trusted domain, such as a mail exchanger: nobody has to have named it. */
  admitAnswer(text: string, port: number): Host;
  /** Checks an address that `host` stands for and returns the one to connect to. */
  admitAddress(address: string, host: Host, port?: number): string;
  /**
   * Checks that the way of a redirect does not lead from the internet into the estate: a stranger would choose what is
   * asked for there (the rule of browsers, Private Network Access).
   */
  admitStep(from: string, to: string): void;
}

/** A host that a tool has looked at. */
export interface Visited {
  readonly host: Host;
  readonly port: number;
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
const SERVICE_LABELS: readonly string[] = [
  ...['_dmarc.', '_mta-sts.', '_smtp._tls.'],
  ...DKIM_SELECTORS.map((selector) => `${selector}._domainkey.`),
];

/** Where web servers listen: at another port, a redirect could speak to another kind of service. */
const WEB_PORTS: ReadonlySet<number> = new Set([80, 443, 8080, 8443]);

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

  const read = (text: string, port?: number): Host => {
    const host = parseHost(text);
    if (!host) throw fault('TARGET_INVALID');
    if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535))
      throw fault('TARGET_INVALID', { detail: 'A port is a whole number from 1 to 65535.' });
    return host;
  };

  const untrusted = ({ text }: Host) =>
    fault('TARGET_UNTRUSTED', { detail: `Nobody who may choose targets named ${text}.` });

  const notLocal = (host: Host, port?: number): Host => {
    if (host.kind === 'name' && isLocalName(host.text) && !estate.coversName(host.text, port))
      throw denied(`${host.text} is a name of the local network.`);
    return host;
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
      const host = read(text, port);
      if (!isTrusted(host, targets, port)) throw untrusted(host);
      return notLocal(host, port);
    },

    admitRedirect(text, port, targets, from) {
      const host = read(text, port);
      const withinEstate = inEstate(host, port) && inEstate(from.host, from.port);
      if (!targets.has(host.text) && !withinEstate && !isSameSite(host, from.host)) throw untrusted(host);
      if (!withinEstate && !WEB_PORTS.has(port) && port !== from.port)
        throw denied(`A redirect to port ${port} is not followed.`);
      return notLocal(host, port);
    },

    admitAnswer: (text, port) => notLocal(read(text, port), port),

    admitAddress(address, host, port) {
      const known = classifyAddress(address);
      const allowed =
        known.class === 'unicast' ||
        (!NEVER.has(known.class) && (inEstate(host, port) || estate.coversAddress(known.address, port)));
      if (!allowed) throw denied(`${host.text} leads to an address that is off limits (${known.class}).`);
      if (isOwn(known.address, port)) throw denied(`${host.text} leads to Triagent itself.`);
      return known.address;
    },

    admitStep(from, to) {
      if (classifyAddress(from).class === 'unicast' && classifyAddress(to).class !== 'unicast')
        throw denied(`A server on the internet sends its visitors to ${to}, which is not on the internet.`);
    },
  };
}
