import {
  ANSWERED,
  address,
  type Cause,
  connection,
  decides,
  dns,
  excludes,
  fits,
  mail,
  NO_ADDRESS,
  supports,
} from '../signs.js';

const FAILED = ['servfail', 'refused', 'timeout', 'error'];
const ALIAS = dns({ type: ['CNAME'], status: ['ok'] });

export const NAME_CAUSES = {
  'name does not exist': {
    description: 'DNS says that there is no such name: a typing error, a removed record or a lapsed domain',
    tell: 'Check the spelling of the name. If it is right, whoever manages the domain has to add the record again or to renew the domain.',
    signs: [
      decides(address('nxdomain')),
      decides(dns({ type: ['MX'], status: ['nxdomain'] })),
      decides(mail({ mx: ['no domain'] })),
      fits(NO_ADDRESS),
      excludes(dns({ status: ['ok', 'nodata'] })),
      excludes(ANSWERED),
    ],
  },
  'alias leads nowhere': {
    description: 'the name is an alias (CNAME) of another name that does not exist',
    tell: 'Whoever manages the domain has to point the CNAME record to a name that exists.',
    signs: [
      decides(ALIAS, address('nxdomain', 'nodata')),
      excludes(address('ok')),
      excludes(dns({ type: ['CNAME'], status: ['nxdomain', 'nodata'] })),
      excludes(ANSWERED),
    ],
  },
  'DNS record missing': {
    description: 'the name exists but has no address record, so that nothing can connect to it',
    tell: 'Whoever manages the domain has to add an A or AAAA record for the name.',
    signs: [
      decides(dns({ type: ['A'], status: ['nodata'] })),
      fits(NO_ADDRESS),
      excludes(address('ok', 'nxdomain')),
      excludes(ANSWERED),
    ],
  },
  'DNS server failing': {
    description: 'the DNS server does not answer or answers with an error, so the name may well exist',
    tell: 'Whoever runs the name servers of the domain has to look at them. The name itself may be right, so try again later.',
    signs: [
      decides(dns({ status: FAILED })),
      supports(connection('resolver failed')),
      decides(mail({ mx: ['unknown'] })),
      excludes(dns({ status: ['ok', 'nxdomain', 'nodata'] })),
      excludes(ANSWERED),
    ],
  },
} as const satisfies Readonly<Record<string, Cause>>;
