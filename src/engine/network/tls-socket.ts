import type { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import {
  connect,
  createSecureContext,
  getCACertificates,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import { fault, type Host } from '../../../agents/contracts/index.js';
import { errorCode } from './error-code.js';
import { connectionFault } from './pinned-socket.js';

export interface Handshake {
  readonly host: Host;
  readonly timeoutMs: number;
  readonly context: SecureContext;
  /** Protocols inside TLS to offer (ALPN); none by default. */
  readonly protocols?: readonly string[];
}

/**
 * What every look speaks: also old protocol versions and weak ciphers, because they are findings too. Costly, so make
 * it once.
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
 * Shakes hands over a connected socket. A certificate that does not verify is a finding, so nothing is rejected. Where
 * it throws, the socket is closed.
 *
 * @throws `TLS_FAILED`, `CONNECT_RESET`, `TOOL_TIMEOUT`, or the signal's reason
 */
export async function shakeHands(
  socket: Socket,
  { host, timeoutMs, context, protocols }: Handshake,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const limit = AbortSignal.timeout(timeoutMs);
  const secure = connect({
    socket,
    ...(host.kind === 'name' && { servername: host.text }),
    ...(protocols && { ALPNProtocols: [...protocols] }),
    secureContext: context,
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
  try {
    await once(secure, 'secureConnect', { signal: AbortSignal.any([signal, limit]) });
    return secure;
  } catch (error) {
    secure.on('error', () => {}).destroy();
    socket.destroy();
    signal.throwIfAborted();
    if (limit.aborted) {
      const detail = 'The host accepted the connection and then did not finish the TLS handshake.';
      throw fault('TOOL_TIMEOUT', { detail, cause: error });
    }
    throw connectionFault(error, 'TLS_FAILED');
  }
}

const matches = (certificate: X509Certificate, host: Host): boolean =>
  (host.kind === 'name'
    ? certificate.checkHost(host.text, { subject: 'never', singleLabelSubdomains: false })
    : certificate.checkIP(host.text)) !== undefined;

/** Node gives OpenSSL's verdict as a text or as an error, whatever its type says. */
const codeOf = (error: unknown): string =>
  typeof error === 'string' ? error : errorCode(error) || 'UNKNOWN';

export interface Verdict {
  /** Null where the chain and the name verify; else OpenSSL's code such as `CERT_HAS_EXPIRED`. */
  readonly verifyError: string | null;
  readonly nameMatches: boolean;
}

/** What clients that verify would say about the certificate of an open connection. */
export function verdictOf(secure: TLSSocket, leaf: X509Certificate, host: Host): Verdict {
  const nameMatches = matches(leaf, host);
  const chainError = secure.authorized ? null : codeOf(secure.authorizationError);
  return {
    verifyError: chainError ?? (nameMatches ? null : 'ERR_TLS_CERT_ALTNAME_INVALID'),
    nameMatches,
  };
}
