import type { CauseName } from '../../../../../agents/diagnostics/runbooks/causes.js';
import type { RunbookName } from '../../../../../agents/diagnostics/runbooks/runbooks.js';
import { a, type DnsReply } from '../dns-server.js';
import type { World } from './world.js';

export const SHOP = 'shop.larkfield.example';
export const VPN = 'vpn.larkfield.example';
export const DOMAIN = 'larkfield.example';

/** A fault with the words in which somebody reports it. */
export interface SimulatedCase {
  readonly name: string;
  readonly world: World;
  /** `{word}` stands for the port of a service. */
  readonly question: string;
  /** The runbook that this asks for. */
  readonly runbook: RunbookName;
  /** What is wrong. */
  readonly cause: CauseName;
  /** Cases that are reported alike and must come out otherwise. */
  readonly lookAlikes: readonly string[];
  /** What tools see fits other causes just as well: counts for the calibration only. */
  readonly ambiguous?: true;
}

export const HERE: DnsReply = { records: [a('127.0.0.1')] };

/** The world of one host that stands here. */
export const hostWorld = (host: string, services: World['services']): World => ({
  zone: { [`${host} A`]: HERE },
  services,
});
