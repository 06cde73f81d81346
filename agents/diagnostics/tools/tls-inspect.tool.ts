import { z } from 'zod';
import type { CertificateReport, TlsReport } from '../../ports.js';
import { orConnectionOutcome } from './connection.js';
import { defineTool, type ToolOutcome } from './tool.js';

const DAY_MS = 86_400_000;
const SHOWN_NAMES = 6;

/** OpenSSL's verdicts about a chain, in the words of the board. */
const TRUST: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'trusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'private authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'incomplete chain',
  UNABLE_TO_GET_ISSUER_CERT: 'incomplete chain',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'incomplete chain',
};
const TRUST_SENTENCES: Readonly<Record<string, string>> = {
  'expired issuer': 'An issuer of that certificate has expired, so clients do not trust it.',
  'self-signed': 'It is self-signed, so clients do not trust it unless it was installed on them.',
  'private authority':
    'Its authority is not a public one, so only clients that have that authority installed trust it.',
  'incomplete chain':
    'The server does not send a complete chain to a known authority, so clients may not trust it.',
};

const days = (ms: number) => {
  const count = Math.floor(ms / DAY_MS);
  return count === 1 ? '1 day' : `${count} days`;
};
const dateOf = (iso: string) => iso.slice(0, 10);

/** `CN=R11, O=Let's Encrypt` → `R11`. */
const shortName = (name: string) =>
  /(?:^|, )CN=([^,]+)/.exec(name)?.[1] ?? /(?:^|, )O=([^,]+)/.exec(name)?.[1] ?? name;

type Validity = 'valid' | 'expired' | 'not yet valid';

const validityOf = ({ validFrom, validTo }: CertificateReport, now: number): Validity => {
  if (now > Date.parse(validTo)) return 'expired';
  return now < Date.parse(validFrom) ? 'not yet valid' : 'valid';
};

const VALIDITY_SENTENCES: Readonly<
  Record<Validity, (host: string, leaf: CertificateReport, now: number) => string>
> = {
  valid: (host, { validTo, issuer }, now) =>
    `The certificate of ${host} is valid until ${dateOf(validTo)} (${days(Date.parse(validTo) - now)} left); it was issued by ${shortName(issuer)}.`,
  expired: (host, { validTo, issuer }, now) =>
    `The certificate of ${host} expired on ${dateOf(validTo)}, ${days(now - Date.parse(validTo))} ago; it was issued by ${shortName(issuer)}.`,
  'not yet valid': (host, { validFrom, issuer }, now) =>
    `The certificate of ${host} is not valid before ${dateOf(validFrom)}, in ${days(Date.parse(validFrom) - now)}; it was issued by ${shortName(issuer)}.`,
};

/** OpenSSL names one fault only: a date hides what else there is. */
function trustOf({ verifyError }: TlsReport, leaf: CertificateReport, validity: Validity): string {
  if (verifyError === null) return 'trusted';
  if (leaf.selfSigned) return 'self-signed';
  if (verifyError === 'CERT_HAS_EXPIRED' && validity === 'valid') return 'expired issuer';
  return TRUST[verifyError] ?? 'not judged';
}

function outcomeOf(report: TlsReport, leaf: CertificateReport, now: number): ToolOutcome {
  const { host, port, address, protocol, cipher, chain, verifyError, nameMatches } = report;
  const validity = validityOf(leaf, now);
  const trust = trustOf(report, leaf, validity);
  const names = leaf.names.slice(0, SHOWN_NAMES).join(', ') || 'none';
  const problem = nameMatches
    ? TRUST_SENTENCES[trust]
    : `It does not name ${host}; the names in it are: ${names}.`;
  const sentences = [VALIDITY_SENTENCES[validity](host, leaf, now), ...(problem ? [problem] : [])];
  return {
    ok: true,
    ...(verifyError !== null && { code: verifyError }),
    summary: sentences.join(' '),
    facts: {
      host,
      port: String(port),
      address,
      connection: 'ok',
      verification: verifyError ?? 'ok',
      validity,
      'name match': nameMatches ? 'yes' : 'no',
      trust,
      'valid from': leaf.validFrom,
      'valid to': leaf.validTo,
      subject: leaf.subject,
      issuer: leaf.issuer,
      names,
      certificates: String(chain.length),
      protocol,
      cipher,
    },
  };
}

/** Looks at the certificate and the protocol that a server shows. */
export const tlsInspect = defineTool({
  name: 'tls.inspect',
  version: '1.0.0',
  description:
    'Connects to a server that the user named and reads its TLS certificate: expiry date, names, issuer, chain, ' +
    'protocol. Use it for certificate warnings, expired certificates, HTTPS or VPN gateways that do not connect.',
  input: z.object({
    host: z.string().min(1).max(254).describe('the host name or address of the server'),
    port: z.int().min(1).max(65_535).optional().describe('the TCP port, 443 if not given'),
  }),
  permission: 'read-network',
  deadlineMs: 12_000,
  target: ({ host }) => host,
  run: ({ host, port = 443 }, { ports, run }) =>
    orConnectionOutcome({ host, port }, run, async () => {
      const report = await ports.network.inspectTls({ host, port }, run);
      const [leaf] = report.chain;
      if (!leaf) throw new TypeError('a TLS report has a certificate');
      return outcomeOf(report, leaf, ports.clock.now());
    }),
});
