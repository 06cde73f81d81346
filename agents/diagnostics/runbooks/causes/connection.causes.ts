import {
  ANSWERED,
  against,
  type Cause,
  CONNECTED,
  connection,
  decides,
  excludes,
  fits,
  http,
  mail,
  NO_ADDRESS,
  SILENT,
  supports,
  tls,
} from '../signs.js';

const BROKEN = [
  'refused',
  'timeout',
  'unreachable',
  'reset',
  'handshake failed',
  'handshake timeout',
  'no answer',
];
const PLAIN_HTTP = http({ encryption: ['never'], connection: ['ok'] });

const SOUND_PAGE = http({ 'status class': ['2xx'], 'slowest phase': ['none'], verification: ['ok', 'none'] });
const SOUND_CERTIFICATE = tls({ verification: ['ok'] });
const SOUND_MAIL = mail({ mx: ['ok'], 'mail server': ['ok'], spf: ['ok'], dmarc: ['none', 'missing'] });

export const CONNECTION_CAUSES = {
  'works from here': {
    description:
      'all that can be seen from here is well, so the fault lies with the user’s device or network, or it is over',
    tell: 'Try it again, and try it from another device and another network: if it works there, the fault lies with the device or the network where it fails.',
    isFault: false,
    signs: [
      supports(SOUND_PAGE),
      fits(SOUND_CERTIFICATE),
      fits(CONNECTED),
      supports(SOUND_MAIL),
      excludes(http({ 'status class': ['3xx', '4xx', '5xx'] })),
      excludes(http({ 'slowest phase': ['dns', 'connect', 'tls', 'server', 'download'] })),
      excludes(
        tls({
          trust: ['self-signed', 'private authority', 'incomplete chain', 'expired issuer', 'not judged'],
        }),
      ),
      excludes(tls({ 'name match': ['no'] })),
      excludes(connection(...BROKEN)),
      excludes(mail({ 'mail server': ['refused', 'timeout', 'rejects', 'defers', 'no address'] })),
      against(mail({ spf: ['missing', 'several', 'invalid', 'open', 'too many lookups'] })),
    ],
  },
  'service not running': {
    description: 'the host answers but refuses the connection: nothing listens on that port',
    tell: 'The host is up, but nothing listens on that port. Check the port, and have the operator start the service.',
    signs: [decides(connection('refused')), against(CONNECTED), excludes(NO_ADDRESS)],
  },
  'port blocked': {
    description: 'the host answers on another port but not on this one: a firewall drops the packets',
    tell: 'The host is up, but packets to that port are dropped. Ask whoever runs the firewall between you and the host to open the port.',
    signs: [decides(SILENT, ANSWERED), fits(SILENT), excludes(NO_ADDRESS)],
  },
  'host down or not reachable': {
    description: 'no answer on any port: the host or its network is down, or a firewall drops everything',
    tell: 'Nothing answers there at all. Ask the operator whether the host is up, and try it from another network.',
    signs: [supports(SILENT), supports(SILENT, SILENT), excludes(ANSWERED), excludes(NO_ADDRESS)],
  },
  'connection broken on the way': {
    description:
      'the connection is reset or stalls once it is open: a proxy, an inspection box or a crash of the service',
    tell: 'The connection opens and is then broken off. Try it without a proxy or a VPN, and have the operator look into the log of the service.',
    signs: [
      decides(connection('reset', 'handshake timeout', 'no answer')),
      fits(connection('handshake failed')),
      excludes(NO_ADDRESS),
    ],
  },
  'another service on that port': {
    description: 'something answers on that port, but it does not speak the protocol that was expected',
    tell: 'Something else answers on that port. Check the port and whether the address begins with http or https.',
    signs: [
      decides(connection('other protocol')),
      decides(connection('handshake failed'), PLAIN_HTTP),
      supports(connection('handshake failed')),
      excludes(NO_ADDRESS),
    ],
  },
} as const satisfies Readonly<Record<string, Cause>>;
