/** Holds where an observation of this tool has one of these values in this fact; a fact may list several. */
export interface FactRule {
  readonly tool: string;
  readonly fact: string;
  readonly is: readonly string[];
}

/** A candidate cause: what the model may propose, and the facts that speak for it or rule it out. */
export interface Cause {
  readonly name: string;
  /** For the model and the reader: how it shows. */
  readonly description: string;
  readonly supportedBy: readonly FactRule[];
  readonly refutedBy: readonly FactRule[];
}

const tls = (fact: string, ...is: string[]): FactRule => ({ tool: 'tls.inspect', fact, is });
const dns = (fact: string, ...is: string[]): FactRule => ({ tool: 'dns.lookup', fact, is });
const log = (...is: string[]): FactRule => ({ tool: 'log.analyze', fact: 'themes', is });

const CONNECTED = tls('connection', 'ok');
const NO_ADDRESS = tls('connection', 'no address');
/** Somebody answered, so the way there is open; even a refusal is an answer. */
const ANSWERED = tls('connection', 'ok', 'refused', 'reset', 'handshake failed');

/** What the tools can tell apart, most telling first. */
export const CAUSES: readonly Cause[] = [
  {
    name: 'server certificate expired',
    description:
      'the certificate that the server shows, or one above it, is past its end date, for everybody',
    supportedBy: [tls('validity', 'expired'), tls('trust', 'expired issuer')],
    refutedBy: [tls('validity', 'valid', 'not yet valid')],
  },
  {
    name: 'device certificate expired',
    description: 'the certificate of the user or the device lapsed while the one of the server is fine',
    supportedBy: [],
    refutedBy: [tls('validity', 'expired')],
  },
  {
    name: 'certificate not yet valid',
    description: 'the certificate of the server begins in the future',
    supportedBy: [tls('validity', 'not yet valid')],
    refutedBy: [tls('validity', 'valid', 'expired')],
  },
  {
    name: 'wrong clock on the device',
    description: 'the certificate is in date, but the device that complains has a wrong date or time',
    supportedBy: [],
    refutedBy: [tls('validity', 'expired', 'not yet valid')],
  },
  {
    name: 'certificate for another name',
    description: 'the server shows a certificate that does not hold the name that was asked for',
    supportedBy: [tls('name match', 'no')],
    refutedBy: [tls('name match', 'yes')],
  },
  {
    name: 'incomplete certificate chain',
    description: 'the server does not send the intermediate certificate, so some clients cannot verify it',
    supportedBy: [tls('trust', 'incomplete chain')],
    refutedBy: [tls('trust', 'trusted', 'self-signed', 'private authority')],
  },
  {
    name: 'certificate of an unknown authority',
    description:
      'the certificate is self-signed or comes from a private authority that the client does not have',
    supportedBy: [tls('trust', 'self-signed', 'private authority')],
    refutedBy: [tls('trust', 'trusted')],
  },
  {
    name: 'name does not exist',
    description: 'DNS says that there is no such name: a typing error, a removed record or a lapsed domain',
    supportedBy: [dns('status', 'nxdomain')],
    refutedBy: [dns('status', 'ok', 'nodata'), ANSWERED],
  },
  {
    name: 'DNS record missing',
    description: 'the name exists but the record that is needed, such as an address or MX, is not there',
    supportedBy: [dns('status', 'nodata')],
    refutedBy: [dns('status', 'ok', 'nxdomain')],
  },
  {
    name: 'DNS server failing',
    description: 'the DNS server does not answer or answers with an error, so the name may well exist',
    supportedBy: [
      dns('status', 'servfail', 'refused', 'timeout', 'error'),
      tls('connection', 'resolver failed'),
    ],
    refutedBy: [dns('status', 'ok', 'nxdomain', 'nodata'), ANSWERED],
  },
  {
    name: 'service not running',
    description: 'the host answers but refuses the connection: nothing listens on that port',
    supportedBy: [tls('connection', 'refused')],
    refutedBy: [CONNECTED, NO_ADDRESS],
  },
  {
    name: 'blocked or host down',
    description: 'no answer at all: a firewall drops the packets, or the host or its network is down',
    supportedBy: [tls('connection', 'timeout', 'unreachable')],
    refutedBy: [ANSWERED, NO_ADDRESS],
  },
  {
    name: 'connection broken on the way',
    description:
      'the connection is reset or stalls during the handshake: a proxy, an inspection box or a crash',
    supportedBy: [tls('connection', 'reset', 'handshake failed', 'handshake timeout')],
    refutedBy: [CONNECTED, NO_ADDRESS],
  },
  {
    name: 'another system not reachable',
    description: 'the log shows that the application cannot reach a system that it depends on',
    supportedBy: [log('connection refused', 'timeout', 'connection reset', 'name not found')],
    refutedBy: [],
  },
  {
    name: 'certificate problem in the application',
    description: 'the log shows that the application rejects a certificate',
    supportedBy: [log('certificate expired', 'certificate not trusted')],
    refutedBy: [],
  },
  {
    name: 'out of memory or disk',
    description: 'the log shows that memory or disk space ran out',
    supportedBy: [log('out of memory', 'disk full')],
    refutedBy: [],
  },
  {
    name: 'missing permission',
    description: 'the log shows that access was denied',
    supportedBy: [log('access denied')],
    refutedBy: [],
  },
  {
    name: 'application error',
    description: 'the log shows an exception in the application itself',
    supportedBy: [log('exception', 'server error')],
    refutedBy: [{ tool: 'log.analyze', fact: 'errors', is: ['0'] }],
  },
];
