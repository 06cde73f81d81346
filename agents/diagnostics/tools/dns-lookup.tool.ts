import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { DNS_TYPES, type DnsReport } from '../../ports.js';
import { shorten } from '../../text.js';
import { defineTool, type ToolOutcome } from './tool.js';

const SHOWN = 5;

const UNKNOWN = 'Whether the name exists stays open.';

/** What each status means, in words that never call a silent resolver a missing name. */
const WORDS: Readonly<Record<DnsReport['status'], (report: DnsReport) => string>> = {
  ok: found,
  nxdomain: ({ name }) => `The name ${name} does not exist: DNS answered NXDOMAIN.`,
  nodata: ({ name, type }) => `The name ${name} exists but has no ${type} record.`,
  servfail: ({ name }) => `DNS could not answer for ${name} (SERVFAIL). ${UNKNOWN}`,
  refused: ({ name }) => `The DNS server refused to answer for ${name}. ${UNKNOWN}`,
  timeout: ({ name }) => `No DNS server answered for ${name} in time. ${UNKNOWN}`,
  error: ({ name }) => `The DNS question for ${name} could not be answered. ${UNKNOWN}`,
};

const listed = (records: readonly string[]): string => {
  const shown = records.slice(0, SHOWN).map((record) => shorten(record, 300));
  const more = records.length > SHOWN ? ` and ${records.length - SHOWN} more` : '';
  return `${shown.join(', ')}${more}`;
};

function found({ name, type, records }: DnsReport): string {
  if (type === 'A' || type === 'AAAA') {
    const inside = scopeOf(records) === 'public' ? '' : ', which is not reachable from the public internet';
    return `${name} resolves to ${listed(records)}${inside}.`;
  }
  // RFC 7505: a single record with an empty name.
  if (type === 'MX' && records.every((record) => record.endsWith(' .')))
    return `${name} says with a null MX record that it takes no mail.`;
  if (type === 'MX') return `Mail for ${name} goes to ${listed(records)}.`;
  const many = records.length === 1 ? `The ${type} record` : `The ${records.length} ${type} records`;
  return `${many} of ${name}: ${listed(records)}.`;
}

const isPublic = (address: string) => ipaddr.isValid(address) && ipaddr.parse(address).range() === 'unicast';

const scopeOf = (addresses: readonly string[]): 'public' | 'private' | 'mixed' => {
  if (addresses.every(isPublic)) return 'public';
  return addresses.some(isPublic) ? 'mixed' : 'private';
};

function outcomeOf(report: DnsReport): ToolOutcome {
  const { name, type, status, records } = report;
  const answered = status === 'ok' || status === 'nxdomain' || status === 'nodata';
  return {
    ok: answered,
    ...(status !== 'ok' && { code: status.toUpperCase() }),
    summary: WORDS[status](report),
    facts: {
      name,
      type,
      status,
      records: String(records.length),
      ...(records.length > 0 && { answers: listed(records) }),
      ...(records.length > 0 && (type === 'A' || type === 'AAAA') && { scope: scopeOf(records) }),
    },
  };
}

/** Asks DNS for one kind of record of one name. */
export const dnsLookup = defineTool({
  name: 'dns.lookup',
  version: '1.0.0',
  description:
    'Looks up DNS records of a host name or mail domain that the user named. Use it when a name cannot be found or ' +
    'resolved, a site or server cannot be reached, or mail is not delivered (MX, TXT for SPF, _dmarc).',
  input: z.object({
    name: z.string().min(1).max(254).describe('the host name or domain; for PTR the address'),
    type: z
      .enum(DNS_TYPES)
      .describe(
        'the kind of record: A for the address of a host, MX for delivery and bounces, TXT for SPF and spam',
      ),
  }),
  permission: 'read-network',
  deadlineMs: 6_000,
  target: ({ name }) => name,
  run: async ({ name, type }, { ports, run }) => outcomeOf(await ports.network.lookup(name, type, run)),
});
