import { type DnsReply, mx, txt } from '../dns-server.js';
import { DOMAIN, HERE, type SimulatedCase } from './case.js';
import { filtered, refused, type Service, smtp } from './services.js';
import type { World } from './world.js';

const EXCHANGE = `mx1.${DOMAIN}`;
const texts = (...records: readonly string[]): DnsReply => ({
  records: records.map((record) => txt(record)),
});
const ready = smtp('220 mx1.larkfield.example ESMTP ready');

/** A domain whose mail is in order, but for what `zone` says and for who stands behind port 25. */
const mailWorld = (zone: World['zone'] = {}, mail: Service = ready): World => ({
  zone: {
    [`${DOMAIN} MX`]: { records: [mx(10, EXCHANGE)] },
    [`${EXCHANGE} A`]: HERE,
    [`${DOMAIN} TXT`]: texts('v=spf1 mx -all'),
    [`_dmarc.${DOMAIN} TXT`]: texts('v=DMARC1; p=none'),
    ...zone,
  },
  services: { mail },
});

/** Cases that people report in the same words, with their causes. */
const ALIKE: Readonly<Record<string, SimulatedCase['cause']>> = {
  'domain without MX': 'no mail server for the domain',
  'exchanger without an address': 'mail server without an address',
  'exchanger that is off': 'mail server not reachable',
  'domain without SPF': 'SPF record missing',
};

const undelivered = (
  name: string,
  world: World,
  cause: SimulatedCase['cause'],
  words: string,
): SimulatedCase => ({
  name,
  world,
  question: words,
  runbook: 'mail not delivered',
  cause,
  lookAlikes: Object.keys(ALIKE).filter((other) => ALIKE[other] !== cause),
});

/** Mail that does not arrive, seen from the domain that receives it and from the one that sends it. */
export const MAIL_CASES: readonly SimulatedCase[] = [
  undelivered(
    'domain without MX',
    mailWorld({ [`${DOMAIN} MX`]: { rcode: 'NOERROR' } }),
    'no mail server for the domain',
    `Mail to ann@${DOMAIN} bounces.`,
  ),
  undelivered(
    'domain that takes no mail',
    mailWorld({ [`${DOMAIN} MX`]: { records: [mx(0, '')] } }),
    'domain accepts no mail',
    `Our mail to info@${DOMAIN} is returned as undeliverable.`,
  ),
  undelivered(
    'exchanger without an address',
    mailWorld({ [`${EXCHANGE} A`]: { rcode: 'NXDOMAIN' } }),
    'mail server without an address',
    `Mail to ann@${DOMAIN} is not delivered.`,
  ),
  undelivered(
    'exchanger that is off',
    mailWorld({}, refused),
    'mail server not reachable',
    `Mails to ann@${DOMAIN} do not arrive.`,
  ),
  undelivered(
    'exchanger behind a filter',
    mailWorld({}, filtered),
    'mail server not reachable',
    `Delivery to ann@${DOMAIN} is delayed again and again, nothing arrives.`,
  ),
  undelivered(
    'exchanger that refuses',
    mailWorld({}, smtp('554 5.7.1 no mail from your address')),
    'mail server turns mail away',
    `Mail to ann@${DOMAIN} comes back.`,
  ),
  undelivered(
    'exchanger that is busy',
    mailWorld({}, smtp('421 4.3.2 service not available, try again later')),
    'mail server busy',
    `Mail to ann@${DOMAIN} is stuck in the queue and is not delivered.`,
  ),
  undelivered(
    'domain without SPF',
    mailWorld({ [`${DOMAIN} TXT`]: { rcode: 'NOERROR' } }),
    'SPF record missing',
    `Mail from sales@${DOMAIN} lands in spam.`,
  ),
  undelivered(
    'two SPF records',
    mailWorld({ [`${DOMAIN} TXT`]: texts('v=spf1 mx -all', 'v=spf1 include:mail.example -all') }),
    'more than one SPF record',
    `Our newsletter from news@${DOMAIN} ends up in the spam folder.`,
  ),
  undelivered(
    'strict DMARC policy',
    mailWorld({ [`_dmarc.${DOMAIN} TXT`]: texts('v=DMARC1; p=reject') }),
    'mail rejected by the DMARC policy',
    `Mail that our ticket tool sends as help@${DOMAIN} is rejected by the receivers.`,
  ),
  undelivered(
    'mail domain that is not there',
    { zone: { 'example.example A': HERE }, services: { mail: ready } },
    'name does not exist',
    `Mail to ann@${DOMAIN} bounces with “domain not found”.`,
  ),
  undelivered(
    'mail domain whose DNS fails',
    mailWorld({
      [`${DOMAIN} MX`]: { rcode: 'SERVFAIL' },
      [`${DOMAIN} TXT`]: { rcode: 'SERVFAIL' },
      [`_dmarc.${DOMAIN} TXT`]: { rcode: 'SERVFAIL' },
    }),
    'DNS server failing',
    `Mail to ann@${DOMAIN} is not delivered since last night.`,
  ),
  undelivered(
    'mail that is in order',
    mailWorld(),
    'works from here',
    `Mail to ann@${DOMAIN} did not arrive today.`,
  ),
];
