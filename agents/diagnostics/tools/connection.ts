import { type ErrorCode, type Fault, isFault } from '../../contracts/index.js';
import type { ToolContext, ToolOutcome } from './tool.js';

/** How the way to the host ended, by the gate's code: findings about the host, not failures of the tool. */
const CONNECTIONS: Partial<Record<ErrorCode, { readonly fact: string; readonly says: string }>> = {
  NAME_NOT_FOUND: { fact: 'no address', says: 'could not be reached because its name has no address' },
  RESOLVER_FAILED: {
    fact: 'resolver failed',
    says: 'could not be looked up because the DNS server gave no answer',
  },
  CONNECT_REFUSED: { fact: 'refused', says: 'refused the connection: nothing listens on that port' },
  CONNECT_TIMEOUT: {
    fact: 'timeout',
    says: 'did not answer in time: the host is down or a firewall drops the packets',
  },
  CONNECT_RESET: { fact: 'reset', says: 'accepted the connection and then broke it off' },
  CONNECT_UNREACHABLE: { fact: 'unreachable', says: 'cannot be reached from here: there is no route to it' },
  TLS_FAILED: { fact: 'handshake failed', says: 'answered, but not with a TLS handshake that works' },
  TOOL_TIMEOUT: {
    fact: 'handshake timeout',
    says: 'accepted the connection but did not finish the TLS handshake in time',
  },
  PROTOCOL_FAILED: {
    fact: 'other protocol',
    says: 'answered, but in another protocol than the expected one',
  },
};

/** A way that ended before the tool saw anything, as what was found; null where the code says nothing about the host. */
export function connectionOutcome(
  host: string,
  port: number,
  { code, detail }: Pick<Fault, 'code' | 'detail'>,
): ToolOutcome | null {
  const known = CONNECTIONS[code];
  if (!known) return null;
  return {
    ok: false,
    code,
    summary: `${host} on port ${port} ${known.says}.`,
    facts: { host, port: String(port), connection: known.fact, detail },
  };
}

/** Looks at a host; a connection that fails is found, not thrown. Refusals and cancelling are thrown. */
export async function orConnectionOutcome(
  { host, port }: { readonly host: string; readonly port: number },
  run: ToolContext['run'],
  look: () => Promise<ToolOutcome>,
): Promise<ToolOutcome> {
  try {
    return await look();
  } catch (error) {
    const outcome = isFault(error) && !run.signal.aborted ? connectionOutcome(host, port, error) : null;
    if (!outcome) throw error;
    return outcome;
  }
}
