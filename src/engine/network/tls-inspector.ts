import type { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { fault, type Host } from '../../../agents/contracts/index.js';
import type { CertificateReport, TlsReport } from '../../../agents/ports.js';
import { errorCode } from './error-code.js';
import { connectionFault } from './pinned-socket.js';
import { plainLine } from './remote-text.js';

const MAX_CHAIN = 10;
const MAX_NAMES = 100;

const oneLine = (name: string) => plainLine(name.replaceAll('\n', ', '));

/** `DNS:a.example, IP Address:192.0.2.1` as bare names. */
const namesOf = (certificate: X509Certificate): string[] =>
  (certificate.subjectAltName ?? '')
    .split(', ')
    .flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? [])
    .slice(0, MAX_NAMES)
    .map((name) => plainLine(name, 253));

const reportOf = (certificate: X509Certificate): CertificateReport => ({
  subject: oneLine(certificate.subject ?? ''),
  issuer: oneLine(certificate.issuer ?? ''),
  names: namesOf(certificate),
  validFrom: certificate.validFromDate.toISOString(),
  validTo: certificate.validToDate.toISOString(),
  fingerprint256: certificate.fingerprint256,
  selfSigned: certificate.subject === certificate.issuer && certificate.verify(certificate.publicKey),
});

/** Leaf first. OpenSSL hands the chain over once: a second call on the same connection finds none. */
function chainOf(leaf: X509Certificate | undefined): X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (let next = leaf; next && chain.length < MAX_CHAIN; next = next.issuerCertificate) chain.push(next);
  return chain;
}

const matches = (certificate: X509Certificate, host: Host): boolean =>
  (host.kind === 'name'
    ? certificate.checkHost(host.text, { subject: 'never', singleLabelSubdomains: false })
    : certificate.checkIP(host.text)) !== undefined;

/** Node gives OpenSSL's verdict as a text or as an error, whatever its type says. */
const verdictOf = (error: unknown): string =>
  typeof error === 'string' ? error : errorCode(error) || 'UNKNOWN';

export interface TlsInspection {
  readonly host: Host;
  readonly port: number;
  readonly timeoutMs: number;
  readonly context: SecureContext;
}

/**
 * What every inspection speaks: also old protocol versions and weak ciphers, because they are findings too. Costly, so
 * make it once.
 *
 * @param extraRoots PEM certificates that are trusted beside the public ones
 */
export const inspectionContext = (extraRoots: readonly string[]): SecureContext =>
  createSecureContext({
    ...(extraRoots.length > 0 && { ca: [...getCACertificates('default'), ...extraRoots] }),
    minVersion: 'TLSv1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  });

/**
 * Shakes hands over a connected socket and reports what the server showed. A certificate that does not verify is a
 * finding, so nothing is rejected, and no byte of a payload is ever sent. The socket is closed at the end.
 *
 * @throws `TLS_FAILED`, `CONNECT_RESET`, `TOOL_TIMEOUT`, or the signal's reason
 */
export async function shakeHands(
  socket: Socket,
  { host, port, timeoutMs, context }: TlsInspection,
  signal: AbortSignal,
): Promise<Omit<TlsReport, 'ms'>> {
  const limit = AbortSignal.timeout(timeoutMs);
  const address = socket.remoteAddress ?? '';
  const secure = connect({
    socket,
    ...(host.kind === 'name' && { servername: host.text }),
    secureContext: context,
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
  try {
    await once(secure, 'secureConnect', { signal: AbortSignal.any([signal, limit]) });
    const chain = chainOf(secure.getPeerX509Certificate());
    const leaf = chain[0];
    if (!leaf) throw fault('TLS_FAILED', { detail: 'The server showed no certificate.' });
    const nameMatches = matches(leaf, host);
    const chainError = secure.authorized ? null : verdictOf(secure.authorizationError);
    return {
      host: host.text,
      port,
      address,
      protocol: secure.getProtocol() ?? 'unknown',
      cipher: secure.getCipher().standardName,
      chain: chain.map(reportOf),
      verifyError: chainError ?? (nameMatches ? null : 'ERR_TLS_CERT_ALTNAME_INVALID'),
      nameMatches,
    };
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) {
      const detail = 'The host accepted the connection and then did not finish the TLS handshake.';
      throw fault('TOOL_TIMEOUT', { detail, cause: error });
    }
    throw connectionFault(error, 'TLS_FAILED');
  } finally {
    secure.on('error', () => {}).destroy();
    socket.destroy();
  }
}
