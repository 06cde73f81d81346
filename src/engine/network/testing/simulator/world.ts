import { trustedTargets } from '../../../../../agents/diagnostics/trusted-targets.js';
import type { Network } from '../../../../../agents/ports.js';
import type { TrustedTargets } from '../../../../../agents/run-context.js';
import { createNetwork, type NetworkTimeouts } from '../../egress-gate.js';
import { type DnsReply, startDnsServer } from '../dns-server.js';
import type { Listening } from '../loopback.js';
import { ROOT } from './authorities.js';
import type { Service } from './services.js';

/** What DNS says and what stands behind the ports: a small piece of the internet with one fault in it, or none. */
export interface World {
  /** Replies by `name TYPE`; a name that has any is there, every other one is not. */
  readonly zone: Readonly<Record<string, DnsReply>>;
  /** By the word that stands for the port in texts: `{web}`. The service `mail` stands behind port 25. */
  readonly services: Readonly<Record<string, Service>>;
}

export interface RunningWorld {
  readonly network: Network;
  /** Puts the ports into a text. */
  fill(text: string): string;
  /** The hosts that somebody who wrote this chose. */
  targetsOf(text: string): TrustedTargets;
  close(): Promise<void>;
}

/** Long enough for what is slow, short enough for what is silent. */
const TIMEOUTS: Partial<NetworkTimeouts> = { dnsMs: 1_800, connectMs: 600, handshakeMs: 2_500 };

const answerFrom = (zone: World['zone']) => {
  const names = new Set(Object.keys(zone).map((question) => question.split(' ')[0]));
  return (name: string, type: string): DnsReply =>
    zone[`${name} ${type}`] ?? { rcode: names.has(name) ? 'NOERROR' : 'NXDOMAIN' };
};

/** Starts a world on loopback, with a gate whose estate holds it and nothing else. */
export async function startWorld({ zone, services }: World): Promise<RunningWorld> {
  const dns = await startDnsServer(answerFrom(zone));
  const entries = Object.entries(services);
  const started = await Promise.all(entries.map(([, start]) => start()));
  const listening = new Map<string, Listening>(
    entries.flatMap(([name], at) => (started[at] ? [[name, started[at]] as const] : [])),
  );
  const mail = listening.get('mail')?.port;
  const fill = (text: string) =>
    text.replaceAll(/\{(\w+)\}/g, (whole, name) => String(listening.get(String(name))?.port ?? whole));
  return {
    network: createNetwork({
      enabled: true,
      estate: ['larkfield.example', '*.larkfield.example', '127.0.0.1'],
      resolver: { servers: [dns.address] },
      extraRoots: [ROOT.pem],
      timeouts: TIMEOUTS,
      ...(mail !== undefined && { mailPort: mail }),
    }),
    fill,
    targetsOf: (text) =>
      trustedTargets({ messages: [{ id: 'm1', type: 'human', content: text }], ticket: null }),
    async close() {
      await Promise.all([dns, ...listening.values()].map((server) => server.close()));
    },
  };
}
