import { z } from 'zod';
import { type ErrorCode, isFault } from '../../contracts/index.js';
import { DKIM_SELECTORS, type DnsReport, type DnsType, type MailExchangeReport } from '../../ports.js';
import { shorten } from '../../text.js';
import { type Dkim, type Dmarc, readDkim, readDmarc, readSpf, type Spf } from './mail-policy.js';
import { defineTool, type ToolContext, type ToolOutcome } from './tool.js';

const SHOWN = 4;

type MxState = 'ok' | 'none' | 'null' | 'no domain' | 'unknown';

/** RFC 7505: a single record with an empty name says that the domain takes no mail. */
const isNullMx = ({ records }: DnsReport) => records.length === 1 && /^\d+ \.$/.test(records[0] ?? '');

function mxOf(report: DnsReport): MxState {
  if (report.status === 'ok') return isNullMx(report) ? 'null' : 'ok';
  if (report.status === 'nxdomain') return 'no domain';
  return report.status === 'nodata' ? 'none' : 'unknown';
}

const MX_SENTENCES: Readonly<Record<MxState, (domain: string, report: DnsReport) => string>> = {
  ok: (domain, { records }) => `Mail for ${domain} goes to ${records.slice(0, SHOWN).join(', ')}.`,
  none: (domain) =>
    `${domain} has no MX record, so mail goes to the address of the domain itself, if at all.`,
  null: (domain) => `${domain} says with a null MX record that it takes no mail.`,
  'no domain': (domain) => `The domain ${domain} does not exist: DNS answered NXDOMAIN.`,
  unknown: (domain) => `DNS gave no answer about the mail exchangers of ${domain}; try again later.`,
};

/** What a mail exchanger without a greeting is, by the gate's code. */
const DOORS: Partial<Record<ErrorCode, string>> = {
  NAME_NOT_FOUND: 'no address',
  RESOLVER_FAILED: 'resolver failed',
  CONNECT_REFUSED: 'refused',
  CONNECT_TIMEOUT: 'timeout',
  CONNECT_RESET: 'reset',
  CONNECT_UNREACHABLE: 'unreachable',
  TOOL_TIMEOUT: 'no greeting',
  PROTOCOL_FAILED: 'other protocol',
  TARGET_DENIED: 'forbidden target',
  TARGET_INVALID: 'invalid name',
};

const doorOf = ({ status, code }: MailExchangeReport): string => {
  if (status === 220) return 'ok';
  if (status !== null) return status >= 500 ? 'rejects' : 'defers';
  return (code && DOORS[code]) ?? 'failed';
};

const DOOR_SENTENCES: Readonly<Record<string, string>> = {
  ok: 'takes connections',
  rejects: 'turns every sender away',
  defers: 'asks senders to come back later',
  'no address': 'has no address, so nobody can deliver',
  'resolver failed': 'could not be looked up',
  refused: 'refuses connections: no mail server listens there',
  timeout: 'does not answer on port 25, or the way there is blocked from here',
  reset: 'breaks connections off',
  unreachable: 'cannot be reached from here',
  'no greeting': 'accepts connections but says nothing',
  'other protocol': 'does not speak SMTP',
  'forbidden target': 'has an address that is off limits',
  'invalid name': 'is no valid host name',
};

const SPF_SENTENCES: Readonly<Record<string, string>> = {
  missing: 'It has no SPF record.',
  several: 'It has more than one SPF record, so receivers ignore SPF or reject the mail.',
  invalid: 'Its SPF record has a term that is not valid, so receivers ignore it.',
  open: 'Its SPF record ends in +all, which lets everybody send in its name.',
  permissive: 'Its SPF record forbids no sender.',
  'too many lookups': 'Its SPF record needs more than 10 DNS lookups, so receivers reject it.',
};

const DMARC_SENTENCES: Readonly<Record<Dmarc, string>> = {
  none: 'DMARC asks receivers only to watch (p=none).',
  quarantine: 'DMARC asks receivers to put mail that fails into the spam folder (p=quarantine).',
  reject: 'DMARC asks receivers to reject mail that fails (p=reject).',
  missing: 'It has no DMARC record of its own.',
  several: 'It has more than one DMARC record, so receivers ignore them.',
  invalid: 'Its DMARC record has no valid policy.',
};

interface Findings {
  readonly domain: string;
  readonly mx: DnsReport;
  readonly exchanges: readonly MailExchangeReport[];
  /** Null where DNS gave no answer, so that nothing is known. */
  readonly spf: Spf | null;
  readonly dmarc: Dmarc | null;
  readonly dkim: readonly { readonly selector: string; readonly state: Dkim | null }[];
}

function dkimOf(dkim: Findings['dkim']): string {
  const states = dkim.map(({ state }) => state);
  if (states.includes('found')) return 'found';
  if (states.includes('revoked')) return 'revoked';
  return states.includes('not found') ? 'not found' : 'unknown';
}

function doorFacts(exchanges: readonly MailExchangeReport[]): Record<string, string> {
  const open = exchanges.find((exchange) => doorOf(exchange) === 'ok');
  const [told] = open ? [open] : exchanges;
  if (!told) return { 'mail server': 'none' };
  const { startTls, greeting } = told;
  return {
    'mail server': doorOf(told),
    'mail servers': exchanges.map((one) => `${one.exchange} ${doorOf(one)}`).join(', '),
    starttls: startTls === null ? 'unknown' : startTls ? 'yes' : 'no',
    ...(greeting && { greeting }),
  };
}

function outcomeOf({ domain, mx, exchanges, spf, dmarc, dkim }: Findings): ToolOutcome {
  const state = mxOf(mx);
  const doors = doorFacts(exchanges);
  const door = doors['mail server'] ?? 'none';
  const told = exchanges.find((exchange) => doorOf(exchange) === door);
  const policy = spf?.verdicts ?? ['unknown'];
  const sentences = [
    MX_SENTENCES[state](domain, mx),
    ...(told ? [`The mail server ${told.exchange} ${DOOR_SENTENCES[door] ?? 'could not be asked'}.`] : []),
    ...(state === 'no domain' ? [] : policy.flatMap((verdict) => SPF_SENTENCES[verdict] ?? [])),
    ...(state === 'no domain' || !dmarc ? [] : [DMARC_SENTENCES[dmarc]]),
  ];
  const keys = dkim.flatMap(({ selector, state: key }) => (key === 'found' ? [selector] : []));
  return {
    ok: state !== 'unknown',
    ...(state === 'unknown' && { code: 'RESOLVER_FAILED' }),
    summary: sentences.join(' '),
    facts: {
      domain,
      mx: state,
      ...(state === 'ok' && { exchanges: shorten(mx.records.slice(0, SHOWN).join(', '), 300) }),
      ...doors,
      spf: policy.join(', '),
      ...(spf && { 'spf policy': spf.policy, 'spf lookups': String(spf.lookups) }),
      dmarc: dmarc ?? 'unknown',
      dkim: dkimOf(dkim),
      ...(keys.length > 0 && { 'dkim selectors': keys.join(', ') }),
    },
  };
}

/** The records, none where there are none, null where DNS did not say. */
const recordsOf = ({ status, records }: DnsReport): readonly string[] | null =>
  ['ok', 'nodata', 'nxdomain'].includes(status) ? records : null;

const readAs = <T>(report: DnsReport, read: (records: readonly string[]) => T): T | null => {
  const records = recordsOf(report);
  return records && read(records);
};

async function look(domain: string, selectors: readonly string[], context: ToolContext): Promise<Findings> {
  const { ports, run } = context;
  const lookup = (name: string, type: DnsType) => ports.network.lookup(name, type, run);
  const keyOf = async (selector: string) => {
    try {
      return { selector, state: readAs(await lookup(`${selector}._domainkey.${domain}`, 'TXT'), readDkim) };
    } catch (error) {
      // A selector that the user did not name; the others tell enough.
      if (!isFault(error, 'TARGET_UNTRUSTED')) throw error;
      return { selector, state: null };
    }
  };
  const mx = await lookup(domain, 'MX');
  const deliverable = mx.status === 'nodata' || (mx.status === 'ok' && !isNullMx(mx));
  const [exchanges, txt, dmarc, dkim] = await Promise.all([
    deliverable ? ports.network.greetMail(domain, run) : [],
    lookup(domain, 'TXT'),
    lookup(`_dmarc.${domain}`, 'TXT'),
    Promise.all([...new Set([...selectors, ...DKIM_SELECTORS])].map(keyOf)),
  ]);
  return {
    ...{ domain, mx, exchanges, dkim },
    spf: readAs(txt, readSpf),
    dmarc: readAs(dmarc, readDmarc),
  };
}

/**
 * Looks at everything that a domain says about its mail: where it goes (MX), whether a server opens there, and who may
 * send in its name (SPF, DKIM, DMARC).
 *
 * Facts that rules test:
 * - `mx`: `ok`, `none` (the domain exists without MX), `null` (RFC 7505: takes no mail), `no domain`, `unknown`
 * - `mail server`, the first one that opens, else the first: `ok`, `rejects` (5xx greeting), `defers` (4xx), `refused`,
 *   `timeout`, `reset`, `unreachable`, `no address`, `resolver failed`, `no greeting`, `other protocol`,
 *   `forbidden target`, `invalid name`, `failed`, `none` (there was none to ask); `mail servers`: all of them
 * - `starttls`: `yes`, `no`, `unknown`; `greeting`: its first line
 * - `spf`: `ok`, `unknown`, or of `missing`, `several`, `invalid`, `open` (+all), `permissive` (no or neutral all),
 *   `too many lookups`; `spf policy`: `-all`, `~all`, `?all`, `+all`, `redirect`, `none`; `spf lookups`
 * - `dmarc`: `none`, `quarantine`, `reject`, `missing`, `several`, `invalid`, `unknown`
 * - `dkim`: `found`, `revoked`, `not found` (under the usual and the given selectors), `unknown`; `dkim selectors`
 * - `domain`, `exchanges`
 */
export const mailCheck = defineTool({
  name: 'mail.check',
  version: '1.0.0',
  description:
    'Checks the mail of a domain that the user named: its mail servers (MX) and whether they take connections, SPF, ' +
    'DKIM and DMARC. Use it when mail or email is not delivered, not received, delayed, bounces, is rejected or ' +
    'lands in spam.',
  input: z.object({
    domain: z.string().min(1).max(253).describe('the mail domain: what stands after the @ of an address'),
    selectors: z
      .array(z.string().regex(/^[a-z\d](?:[a-z\d_-]{0,61}[a-z\d])?$/i))
      .max(4)
      .optional()
      .describe('DKIM selectors that the user named'),
  }),
  permission: 'read-network',
  deadlineMs: 25_000,
  target: ({ domain }) => domain,
  run: async ({ domain, selectors = [] }, context) => outcomeOf(await look(domain, selectors, context)),
});
