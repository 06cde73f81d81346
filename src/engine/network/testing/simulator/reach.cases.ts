import { cname, mx } from '../dns-server.js';
import { chainFor } from './authorities.js';
import { DOMAIN, HERE, hostWorld, SHOP, type SimulatedCase, VPN } from './case.js';
import { filtered, refused, tcp, web } from './services.js';
import type { World } from './world.js';

const withoutHost = (zone: World['zone']): World => ({ zone, services: {} });
const sound = hostWorld(SHOP, { web: web({ certificates: chainFor(SHOP) }) });

const NAMES: readonly SimulatedCase[] = [
  {
    name: 'name that is not there',
    world: withoutHost({ [`${DOMAIN} A`]: HERE }),
    question: `Chrome says DNS_PROBE_FINISHED_NXDOMAIN for ${SHOP}.`,
    runbook: 'DNS failure',
    cause: 'name does not exist',
    lookAlikes: ['name without an address', 'resolver that fails', 'silent resolver'],
  },
  {
    name: 'name without an address',
    world: withoutHost({ [`${SHOP} MX`]: { records: [mx(10, `mail.${DOMAIN}`)] } }),
    question: `The name ${SHOP} cannot be resolved any more.`,
    runbook: 'DNS failure',
    cause: 'DNS record missing',
    lookAlikes: ['name that is not there', 'resolver that fails'],
  },
  {
    name: 'resolver that fails',
    world: withoutHost({ [`${SHOP} A`]: { rcode: 'SERVFAIL' }, [`${SHOP} AAAA`]: { rcode: 'SERVFAIL' } }),
    question: `Our server cannot resolve ${SHOP}.`,
    runbook: 'DNS failure',
    cause: 'DNS server failing',
    lookAlikes: ['name that is not there', 'name without an address'],
  },
  {
    name: 'silent resolver',
    world: withoutHost({ [`${SHOP} A`]: 'silence', [`${SHOP} AAAA`]: 'silence' }),
    question: `nslookup ${SHOP}: DNS request timed out.`,
    runbook: 'DNS failure',
    cause: 'DNS server failing',
    lookAlikes: ['name that is not there', 'silent host'],
  },
  {
    name: 'name that is blamed without reason',
    world: hostWorld(SHOP, { web: refused }),
    question: `I think there is a DNS error: ${SHOP}:{web} does not open.`,
    runbook: 'DNS failure',
    cause: 'service not running',
    lookAlikes: ['name that is not there', 'silent resolver'],
  },
  {
    name: 'mistyped name',
    world: withoutHost({ [`${SHOP} A`]: HERE }),
    question: `Is shpo.larkfield.example the wrong name? The site is not found under that host name.`,
    runbook: 'wrong host name',
    cause: 'name does not exist',
    lookAlikes: ['alias that leads nowhere', 'site under another name'],
  },
  {
    name: 'alias that leads nowhere',
    world: withoutHost({
      [`${SHOP} A`]: { rcode: 'NXDOMAIN' },
      [`${SHOP} AAAA`]: { rcode: 'NXDOMAIN' },
      [`${SHOP} CNAME`]: { records: [cname('gone.larkfield.example')] },
    }),
    question: `We set the CNAME of ${SHOP} to the new host, and now the host name is not found.`,
    runbook: 'wrong host name',
    cause: 'alias leads nowhere',
    lookAlikes: ['mistyped name', 'site under another name'],
  },
  {
    name: 'site under another name',
    world: hostWorld(SHOP, { web: web({ certificates: chainFor('www.larkfield.example') }) }),
    question: `Under the host name https://${SHOP}:{web}/ we get the wrong site with a warning.`,
    runbook: 'wrong host name',
    cause: 'certificate for another name',
    lookAlikes: ['mistyped name', 'alias that leads nowhere'],
  },
];

const HOSTS: readonly SimulatedCase[] = [
  {
    name: 'service that is off',
    world: hostWorld(SHOP, { web: refused }),
    question: `https://${SHOP}:{web}/ is down.`,
    runbook: 'site unreachable',
    cause: 'service not running',
    lookAlikes: ['silent host', 'unreachable name', 'broken handshake'],
  },
  {
    name: 'silent host',
    world: hostWorld(SHOP, { web: filtered, other: filtered }),
    question: `https://${SHOP}:{web}/ cannot be reached, and port {other} neither.`,
    runbook: 'site unreachable',
    cause: 'host down or not reachable',
    lookAlikes: ['service that is off', 'port behind a filter', 'unreachable name'],
  },
  {
    name: 'unreachable name',
    world: withoutHost({ [`${DOMAIN} A`]: HERE }),
    question: `https://${SHOP}/ is not reachable for us.`,
    runbook: 'site unreachable',
    cause: 'name does not exist',
    lookAlikes: ['service that is off', 'silent host'],
  },
  {
    name: 'broken handshake',
    world: hostWorld(SHOP, { web: tcp((socket) => socket.resetAndDestroy()) }),
    question: `https://${SHOP}:{web}/ does not open, the connection is reset.`,
    runbook: 'site unreachable',
    cause: 'connection broken on the way',
    lookAlikes: ['service that is off', 'another protocol on the port'],
  },
  {
    name: 'another protocol on the port',
    world: hostWorld(SHOP, { web: tcp((socket) => socket.end('SSH-2.0-OpenSSH_9.7\r\n')) }),
    question: `https://${SHOP}:{web}/ does not load.`,
    runbook: 'site unreachable',
    cause: 'another service on that port',
    lookAlikes: ['broken handshake', 'service that is off'],
  },
  {
    name: 'site that works from here',
    world: sound,
    question: `https://${SHOP}:{web}/ is not reachable from my desk.`,
    runbook: 'site unreachable',
    cause: 'works from here',
    lookAlikes: ['service that is off', 'silent host'],
  },
];

const vpnWorld = (vpn: World['services'][string], other: World['services'][string]) =>
  hostWorld(VPN, { vpn, other });
const gateway = web({ certificates: chainFor(VPN) });

const PORTS: readonly SimulatedCase[] = [
  {
    name: 'closed VPN port',
    world: vpnWorld(refused, gateway),
    question: `The VPN does not connect: ${VPN}:{vpn} fails, the portal on port {other} opens.`,
    runbook: 'port blocked or VPN',
    cause: 'service not running',
    lookAlikes: ['port behind a filter', 'host behind a filter'],
  },
  {
    name: 'port behind a filter',
    world: vpnWorld(filtered, gateway),
    question: `The VPN to ${VPN}:{vpn} times out, while the portal on port {other} opens.`,
    runbook: 'port blocked or VPN',
    cause: 'port blocked',
    lookAlikes: ['closed VPN port', 'host behind a filter'],
  },
  {
    name: 'host behind a filter',
    world: vpnWorld(filtered, filtered),
    question: `The VPN to ${VPN}:{vpn} times out, port {other} too.`,
    runbook: 'port blocked or VPN',
    cause: 'host down or not reachable',
    lookAlikes: ['port behind a filter', 'closed VPN port'],
  },
  {
    name: 'gateway that is not in DNS',
    world: withoutHost({ [`${DOMAIN} A`]: HERE }),
    question: `VPN cannot connect to ${VPN}, is the port blocked?`,
    runbook: 'port blocked or VPN',
    cause: 'name does not exist',
    lookAlikes: ['closed VPN port', 'host behind a filter'],
  },
  {
    name: 'gateway with an old certificate',
    world: vpnWorld(web({ certificates: chainFor(VPN, { from: -100, to: -2 }) }), refused),
    question: `The VPN client cannot connect to ${VPN}:{vpn} since yesterday.`,
    runbook: 'port blocked or VPN',
    cause: 'server certificate expired',
    lookAlikes: ['closed VPN port', 'gateway that is well'],
  },
  {
    name: 'gateway that is well',
    world: vpnWorld(gateway, refused),
    question: `The VPN client does not connect to ${VPN}:{vpn} at home.`,
    runbook: 'port blocked or VPN',
    cause: 'works from here',
    lookAlikes: ['closed VPN port', 'port behind a filter'],
  },
];

/** Names that do not lead to a host, hosts that do not answer, and ports that do not open. */
export const REACH_CASES: readonly SimulatedCase[] = [...NAMES, ...HOSTS, ...PORTS];
