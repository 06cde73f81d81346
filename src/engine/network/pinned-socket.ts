import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ErrorCode, type Fault, fault } from '../../../agents/contracts/index.js';
import { classifyAddress } from './address-class.js';
import { errorCode } from './error-code.js';

/** What the operating system says about a connection, as the catalogue's code. */
const CONNECTION_CODES: Readonly<Record<string, ErrorCode>> = {
  ECONNREFUSED: 'CONNECT_REFUSED',
  ECONNRESET: 'CONNECT_RESET',
  EPIPE: 'CONNECT_RESET',
  ETIMEDOUT: 'CONNECT_TIMEOUT',
  EHOSTUNREACH: 'CONNECT_UNREACHABLE',
  ENETUNREACH: 'CONNECT_UNREACHABLE',
  EADDRNOTAVAIL: 'CONNECT_UNREACHABLE',
};

/** An error of a socket as a fault; one that no connection code fits gets `otherwise`. */
export function connectionFault(error: unknown, otherwise: ErrorCode): Fault {
  return fault(CONNECTION_CODES[errorCode(error)] ?? otherwise, { cause: error });
}

/**
 * Opens a TCP connection to an address that was checked before, and to no other: there is no lookup on the way.
 *
 * @throws `CONNECT_*`, or the signal's reason where `signal` aborts; the time limit is `CONNECT_TIMEOUT`
 */
export async function connectPinned(
  address: string,
  port: number,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Socket> {
  signal.throwIfAborted();
  const limit = AbortSignal.timeout(timeoutMs);
  const socket = connect({ host: address, port, autoSelectFamily: false });
  try {
    await once(socket, 'connect', { signal: AbortSignal.any([signal, limit]) });
    const reached = socket.remoteAddress;
    // A peer that has hung up already has no address left to compare.
    if (reached === undefined) throw fault('CONNECT_RESET');
    if (classifyAddress(reached).address !== address) {
      throw fault('TARGET_DENIED', {
        detail: 'The connection did not lead to the address that was checked.',
      });
    }
    return socket;
  } catch (error) {
    // An error that comes after the first one has nobody left to tell.
    socket.on('error', () => {}).destroy();
    signal.throwIfAborted();
    if (limit.aborted) throw fault('CONNECT_TIMEOUT', { cause: error });
    throw connectionFault(error, 'TOOL_FAILED');
  }
}
