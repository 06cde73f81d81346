import { z } from 'zod';
import type { ConnectReport } from '../../ports.js';
import { orConnectionOutcome } from './connection.js';
import { duration, slowestPhase, timingFacts } from './timing.js';
import { defineTool, type ToolOutcome } from './tool.js';

function outcomeOf({ host, port, address, dnsMs, connectMs }: ConnectReport): ToolOutcome {
  const times = { dns: dnsMs, connect: connectMs };
  return {
    ok: true,
    summary: `${host} accepts connections on port ${port}; that took ${duration(dnsMs + connectMs)}.`,
    facts: {
      host,
      port: String(port),
      address,
      connection: 'ok',
      'slowest phase': slowestPhase(times),
      ...timingFacts(times),
    },
  };
}

/**
 * Opens a TCP connection and closes it again, without a byte of payload.
 *
 * Facts that rules test:
 * - `connection`: `ok`, `refused`, `timeout`, `unreachable`, `reset`, `no address`, `resolver failed`
 * - `slowest phase`: `none` (nothing took a second), `dns`, `connect`; only where the connection is `ok`
 * - `host`, `port`, `address`, `dns ms`, `connect ms`
 */
export const tcpConnect = defineTool({
  name: 'tcp.connect',
  version: '1.0.0',
  description:
    'Tries whether a TCP port of a host that the user named accepts connections, and how long that takes. Use it when ' +
    'a port may be blocked, closed or filtered by a firewall, or a service, a VPN, SSH, a database, a printer or a ' +
    'remote desktop does not connect or times out.',
  input: z.object({
    host: z.string().min(1).max(254).describe('the host name or IP address'),
    port: z.int().min(1).max(65_535).describe('the TCP port'),
  }),
  permission: 'read-network',
  deadlineMs: 18_000,
  target: ({ host }) => host,
  run: ({ host, port }, { ports, run }) =>
    orConnectionOutcome({ host, port }, run, async () =>
      outcomeOf(await ports.network.connect({ host, port }, run)),
    ),
});
