import { type Cause, decides, dns, excludes, mail, reported, supports } from '../signs.js';

const mx = (...is: string[]) => mail({ mx: is });
const server = (...is: string[]) => mail({ 'mail server': is });
const spf = (...is: string[]) => mail({ spf: is });

const OPEN = server('ok');
const SPAM = /\b(?:spam|junk|reject\w*|spoof\w*|quarantine\w*)\b/i;

export const MAIL_CAUSES = {
  'no mail server for the domain': {
    description: 'the domain has no MX record, so senders do not know where to deliver',
    tell: 'Whoever manages the domain has to publish an MX record. Check the spelling of the address, too.',
    signs: [
      decides(mx('none')),
      supports(dns({ type: ['MX'], status: ['nodata'] })),
      excludes(mx('ok')),
      excludes(OPEN),
    ],
  },
  'domain accepts no mail': {
    description: 'the domain says with a null MX record that it takes no mail',
    tell: 'The domain says itself that it takes no mail. Ask the recipient for an address at another domain.',
    signs: [decides(mx('null')), excludes(mx('ok', 'none'))],
  },
  'mail server without an address': {
    description: 'the MX record names a mail server that has no address',
    tell: 'Whoever manages the domain has to add the address of its mail server, or to name another server in the MX record.',
    signs: [decides(mail({ 'mail server': ['no address', 'invalid name'], mx: ['ok'] })), excludes(OPEN)],
  },
  'mail server not reachable': {
    description: 'the mail server of the domain does not open its port',
    tell: 'The mail server of the domain does not answer, so mail waits at the sender. Its operator has to look at the server. Senders try again for some days.',
    signs: [
      decides(server('refused', 'timeout', 'unreachable', 'reset', 'no greeting', 'other protocol')),
      excludes(OPEN),
    ],
  },
  'mail server turns mail away': {
    description: 'the mail server of the domain rejects every connection from here with a 5xx greeting',
    tell: 'The mail server rejects connections from here, often because of a block list. Its operator has to say why.',
    signs: [decides(server('rejects')), excludes(OPEN)],
  },
  'mail server busy': {
    description: 'the mail server of the domain asks senders to come back later (4xx)',
    tell: 'The mail server asks senders to come back later, so mail is delayed and not lost. If it lasts longer than a day, its operator has to look at it.',
    signs: [decides(server('defers')), excludes(OPEN)],
  },
  'SPF record missing': {
    description: 'the domain does not say which servers may send in its name, so its mail looks suspicious',
    tell: 'Whoever manages the sending domain has to publish an SPF record that names its senders.',
    signs: [supports(spf('missing')), reported(SPAM), excludes(spf('ok', 'several', 'invalid'))],
  },
  'more than one SPF record': {
    description: 'the domain has two SPF records, which receivers take for an error',
    tell: 'Whoever manages the sending domain has to merge its SPF records into one.',
    signs: [decides(spf('several')), excludes(spf('ok', 'missing'))],
  },
  'SPF record faulty': {
    description: 'the SPF record of the domain cannot be evaluated or lets everybody send',
    tell: 'Whoever manages the sending domain has to correct its SPF record.',
    signs: [supports(spf('invalid', 'too many lookups', 'open')), excludes(spf('ok', 'missing'))],
  },
  'mail rejected by the DMARC policy': {
    description: 'the domain asks receivers to reject or to set aside mail that is not authenticated',
    tell: 'The domain asks receivers to reject mail that is not authenticated, so every system that sends in its name must be in its SPF record or sign with its DKIM key.',
    signs: [
      supports(mail({ dmarc: ['reject', 'quarantine'] })),
      reported(SPAM),
      excludes(mail({ dmarc: ['none', 'missing'] })),
    ],
  },
} as const satisfies Readonly<Record<string, Cause>>;
