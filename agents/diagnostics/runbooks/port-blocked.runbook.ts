import type { Runbook } from './runbook.js';
import { connection, dns, SILENT } from './signs.js';
import { INSPECT_CERTIFICATE, LOOK_UP_ADDRESS, TRY_OTHER_PORT, TRY_PORT } from './steps.js';

const UNRESOLVED = dns({ type: ['A'], status: ['nxdomain', 'servfail', 'refused', 'timeout', 'error'] });

/** A VPN, a database, a remote desktop or another service does not connect. */
export const PORT_BLOCKED: Runbook = {
  description: 'a VPN or another service does not connect, or a port may be blocked by a firewall',
  symptoms: [
    /\b(?:vpn|anyconnect|wireguard|openvpn|ipsec)\b.{0,160}\b(?:not|n't|cannot|fail\w*|times? out|timed out|drops?|disconnect\w*|block\w*|stuck|error|nicht|ikke)\b/is,
    /\b(?:not|n't|cannot|fail\w*|times? out|error)\b.{0,80}\b(?:vpn|ssh|rdp|remote desktop|sftp|database|ldap)\b/is,
    /\bno tunnel\b|\btunnel\b.{0,80}\b(?:never|not|fail\w*|drops?|down|broken)\b/is,
    /\b(?:open|allow|unblock)\b.{0,40}\b(?:ports?|tcp|udp)\b/is,
    /\bport \d{1,5}\b.{0,80}\b(?:block\w*|clos\w+|filter\w*|refus\w+|not|n't|times? out)\b/is,
    /\b(?:firewall|block\w*|filter\w*)\b.{0,60}\b(?:ports?|vpn|connection)\b|\bports?\b.{0,40}\b(?:blocked|closed|filtered)\b/is,
  ],
  causes: {
    'works from here': 0.12,
    'port blocked': 0.22,
    'service not running': 0.2,
    'host down or not reachable': 0.12,
    'server certificate expired': 0.06,
    'name does not exist': 0.06,
    'device certificate expired': 0.04,
    'DNS server failing': 0.03,
    'connection broken on the way': 0.03,
  },
  steps: [
    LOOK_UP_ADDRESS,
    { ...TRY_PORT, unless: [UNRESOLVED] },
    { ...TRY_OTHER_PORT, when: [SILENT] },
    { ...INSPECT_CERTIFICATE, when: [connection('ok')], unless: [SILENT] },
  ],
};
