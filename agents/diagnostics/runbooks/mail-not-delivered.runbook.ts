import type { Runbook } from './runbook.js';
import { dns } from './signs.js';
import { CHECK_MAIL, LOOK_UP_MX } from './steps.js';

const NO_DOMAIN = dns({ type: ['MX'], status: ['nxdomain'] });

/** Mail to or from a domain bounces, waits or lands in spam. */
export const MAIL_NOT_DELIVERED: Runbook = {
  description: 'mail bounces, is delayed, rejected, not received or lands in spam',
  symptoms: [
    /\b(?:e-?mails?|mails?|newsletters?|delivery|nachrichten)\b.{0,160}\b(?:bounce\w*|return\w*|com(?:es?|ing) back|came back|reject\w*|delay\w*|undeliver\w*|stuck|queue\w*|zurück\w*|retour)\b/is,
    /\b(?:e-?mails?|mails?|newsletters?|delivery|nachrichten)\b.{0,80}(?:\b(?:not|never|nothing|nicht|ikke|pas)\b|n['’]t\b).{0,30}\b(?:deliver\w*|arriv\w*|receiv\w*|reach\w*|com(?:e|es|ing)|get|got|sent|zugestellt|frem)\b/is,
    /\b(?:e-?mails?|mails?|newsletters?)\b.{0,80}\b(?:spam|junk)\b/is,
    /\b(?:bounce[sd]?|undeliverable|non-?delivery|mailer-daemon|postmaster)\b/i,
    /\b(?:spf|dkim|dmarc|mx records?)\b/i,
    /\b(?:spam|junk)\b.{0,40}\bfolder\b|\blands? in (?:the )?(?:spam|junk)\b/i,
  ],
  causes: {
    'works from here': 0.1,
    'mail server not reachable': 0.12,
    'SPF record missing': 0.1,
    'mail rejected by the DMARC policy': 0.1,
    'no mail server for the domain': 0.08,
    'name does not exist': 0.08,
    'mail server turns mail away': 0.08,
    'mail server busy': 0.06,
    'SPF record faulty': 0.05,
    'more than one SPF record': 0.04,
    'mail server without an address': 0.04,
    'DNS server failing': 0.04,
    'domain accepts no mail': 0.03,
  },
  steps: [LOOK_UP_MX, { ...CHECK_MAIL, unless: [NO_DOMAIN] }],
};
