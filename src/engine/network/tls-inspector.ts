import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { fault } from '../../../agents/contracts/index.js';
import type { CertificateReport, TlsReport } from '../../../agents/ports.js';
import { plainLine } from './remote-text.js';
import { type Handshake, shakeHands, verdictOf } from './tls-socket.js';

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

/**
 * Shakes hands over a connected socket and reports what the server showed. No byte of a payload is ever sent, and the
 * socket is closed at the end.
 *
 * @throws `TLS_FAILED`, `CONNECT_RESET`, `TOOL_TIMEOUT`, or the signal's reason
 */
export async function inspectTls(
  socket: Socket,
  handshake: Handshake,
  signal: AbortSignal,
): Promise<Omit<TlsReport, 'address' | 'port' | 'ms'>> {
  const secure = await shakeHands(socket, handshake, signal);
  try {
    const chain = chainOf(secure.getPeerX509Certificate());
    const leaf = chain[0];
    if (!leaf) throw fault('TLS_FAILED', { detail: 'The server showed no certificate.' });
    return {
      host: handshake.host.text,
      protocol: secure.getProtocol() ?? 'unknown',
      cipher: secure.getCipher().standardName,
      chain: chain.map(reportOf),
      ...verdictOf(secure, leaf, handshake.host),
    };
  } finally {
    secure.on('error', () => {}).destroy();
  }
}
