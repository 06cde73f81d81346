import { dnsLookup } from '../tools/dns-lookup.tool.js';
import { httpProbe } from '../tools/http-probe.tool.js';
import { logAnalyze } from '../tools/log-analyze.tool.js';
import { mailCheck } from '../tools/mail-check.tool.js';
import { tcpConnect } from '../tools/tcp-connect.tool.js';
import { tlsInspect } from '../tools/tls-inspect.tool.js';
import type { Step } from './runbook.js';

/** Names only: an address has no records to look up. */
const record =
  (type: 'A' | 'AAAA' | 'CNAME' | 'MX'): Step['ask'] =>
  ({ host, isName }) =>
    isName ? { name: host, type } : null;

/** The looks that runbooks are made of; each adds when it is worth one. */
export const LOOK_UP_ADDRESS: Step = { name: 'look up the address', tool: dnsLookup, ask: record('A') };
export const LOOK_UP_IPV6: Step = { name: 'look up the IPv6 address', tool: dnsLookup, ask: record('AAAA') };
export const LOOK_UP_ALIAS: Step = { name: 'look up the alias', tool: dnsLookup, ask: record('CNAME') };
export const LOOK_UP_MX: Step = { name: 'look up the mail servers', tool: dnsLookup, ask: record('MX') };

export const TRY_PORT: Step = {
  name: 'try the port',
  tool: tcpConnect,
  ask: ({ host, port }) => ({ host, port }),
};
export const TRY_OTHER_PORT: Step = {
  name: 'try another port of the same host',
  tool: tcpConnect,
  ask: ({ host, otherPort }) => ({ host, port: otherPort }),
};
export const INSPECT_CERTIFICATE: Step = {
  name: 'inspect the certificate',
  tool: tlsInspect,
  // As a model asks, so that the same look is not taken twice.
  ask: ({ host, port }) => (port === 443 ? { host } : { host, port }),
};
export const ASK_FOR_PAGE: Step = { name: 'ask for the page', tool: httpProbe, ask: ({ url }) => ({ url }) };
/** What speaks no TLS may speak plain HTTP, or something else altogether. */
export const ASK_PLAINLY: Step = {
  name: 'ask for the page without encryption',
  tool: httpProbe,
  ask: ({ host, isName, port }) => ({
    url: `http://${isName || !host.includes(':') ? host : `[${host}]`}:${port}/`,
  }),
};
export const CHECK_MAIL: Step = {
  name: 'check the mail of the domain',
  tool: mailCheck,
  ask: ({ host, isName }) => (isName ? { domain: host } : null),
};
export const READ_LOG: Step = { name: 'read the log', tool: logAnalyze, ask: () => ({}) };
