import { z } from 'zod';
import type { ErrorCode } from '../../contracts/index.js';
import type { HttpHop, HttpReport } from '../../ports.js';
import { shorten } from '../../text.js';
import { ownWords } from '../own-words.js';
import { connectionOutcome } from './connection.js';
import { type PhaseTimes, phaseTimes } from './http-phases.js';
import { duration, slowestPhase, timingFacts } from './timing.js';
import { defineTool, type GivenText, type ToolOutcome } from './tool.js';

const SHOWN_HOPS = 4;

const STATUS_WORDS: Readonly<Record<number, string>> = {
  401: ' (unauthorized)',
  403: ' (forbidden)',
  404: ' (not found)',
  429: ' (too many requests)',
  500: ' (internal server error)',
  502: ' (bad gateway)',
  503: ' (service unavailable)',
  504: ' (gateway timeout)',
};

const PHASE_WORDS: Readonly<Record<string, string>> = {
  dns: 'looking up the name',
  connect: 'connecting',
  tls: 'the TLS handshake',
  server: 'waiting for the server to answer',
  download: 'receiving the page',
};

/** Why a redirect was not followed, by the gate's code: as a fact and in words. */
const REFUSALS: Partial<Record<ErrorCode, { readonly fact: string; readonly says: string }>> = {
  TARGET_UNTRUSTED: { fact: 'leaves the site', says: 'a site that the user did not name' },
  TARGET_DENIED: { fact: 'forbidden target', says: 'an address that is off limits' },
};
const NO_TARGET = { fact: 'invalid target', says: 'no web address that can be asked' };

/** A web address without its query, which may hold what is nobody else's business. */
const shown = (url: string) => shorten(url.replace(/[?#].*$/, ''), 200);

interface Seen {
  readonly report: HttpReport;
  readonly first: HttpHop;
  readonly last: HttpHop;
}

const answered = ({ report, last }: Seen): string =>
  `answered with status ${last.status}${STATUS_WORDS[last.status ?? 0] ?? ''} in ${duration(report.ms)}`;

/** Each way of an answered probe to end: the fact `redirects`, the outcome's code and the sentence. */
const WAYS: Readonly<
  Record<
    Exclude<HttpReport['end'], 'failed'>,
    (seen: Seen) => { readonly redirects: string; readonly code?: string; readonly says: string }
  >
> = {
  answered(seen) {
    const { report, first, last } = seen;
    const code = (last.status ?? 0) >= 400 ? { code: `HTTP_${last.status}` } : {};
    const count = report.hops.length - 1;
    if (count === 0) return { redirects: 'none', ...code, says: `${shown(first.url)} ${answered(seen)}.` };
    const often = count === 1 ? 'redirects to' : `redirects ${count} times, in the end to`;
    const says = `${shown(first.url)} ${often} ${shown(last.url)}, which ${answered(seen)}.`;
    return { redirects: 'followed', ...code, says };
  },
  'redirect loop'({ report, first, last }) {
    const way = [...report.hops.map(({ url }) => url), last.location ?? '']
      .slice(-SHOWN_HOPS)
      .map(shown)
      .join(' → ');
    const says = `${shown(first.url)} redirects in a circle: ${way}.`;
    return { redirects: 'loop', code: 'REDIRECT_LOOP', says };
  },
  'too many redirects'({ report, first }) {
    const says = `${shown(first.url)} redirects ${report.hops.length} times and still does not arrive.`;
    return { redirects: 'too many', code: 'REDIRECT_LIMIT', says };
  },
  'redirect refused'({ report, first, last }) {
    const { fact, says } = (report.code && REFUSALS[report.code]) ?? NO_TARGET;
    const to = last.location === null ? '' : `${shown(last.location)}, `;
    return {
      redirects: fact,
      code: 'REDIRECT_REFUSED',
      says: `${shown(first.url)} redirects to ${to}${says}, so it was not followed.`,
    };
  },
};

/** How the scheme changed on the way. */
function encryptionOf(hops: readonly HttpHop[]): string {
  const secure = hops.map(({ url }) => url.startsWith('https:'));
  if (secure.some((is, at) => !is && secure[at - 1])) return 'downgraded';
  if (secure.every(Boolean)) return 'always';
  return secure.some(Boolean) ? 'upgraded' : 'never';
}

const hostOf = (url: string) => new URL(url).hostname.replace(/^\[|\]$/g, '');
const portOf = (url: string) => Number(new URL(url).port) || (url.startsWith('https:') ? 443 : 80);

function commonFacts({ report, first, last }: Seen, times: PhaseTimes): Record<string, string> {
  const verification = report.hops.find(({ verifyError }) => verifyError)?.verifyError;
  const encrypted = report.hops.some(({ url, phases }) => url.startsWith('https:') && phases.tlsMs !== null);
  return {
    url: shown(first.url),
    'final url': shown(last.url),
    'redirect count': String(report.hops.length - 1),
    encryption: encryptionOf(report.hops),
    verification: verification ?? (encrypted ? 'ok' : 'none'),
    'slowest phase': slowestPhase(times),
    ...timingFacts(times),
    ...(last.address && { address: last.address }),
    ...(last.server && { server: last.server }),
  };
}

function failed(seen: Seen, times: PhaseTimes): ToolOutcome {
  const { report, first, last } = seen;
  const [host, port, code] = [hostOf(last.url), portOf(last.url), report.code ?? 'TOOL_FAILED'];
  const way = report.hops.length > 1 ? `${shown(first.url)} redirects to ${shown(last.url)}. ` : '';
  const common = {
    ...commonFacts(seen, times),
    'status class': 'none',
    redirects: report.hops.length > 1 ? 'followed' : 'none',
  };
  const silent = code === 'TOOL_TIMEOUT' && times.server > 0;
  const known = silent
    ? {
        summary: `${host} on port ${port} accepted the request but did not answer within ${duration(report.ms)}.`,
        facts: { host, port: String(port), connection: 'no answer' },
      }
    : connectionOutcome(host, port, { code, detail: '' });
  return {
    ok: false,
    code,
    summary: `${way}${known?.summary ?? `${shown(last.url)} could not be asked.`}`,
    facts: { ...common, connection: 'failed', ...known?.facts },
  };
}

function outcomeOf(report: HttpReport): ToolOutcome {
  const [first] = report.hops;
  const last = report.hops.at(-1);
  if (!first || !last) throw new TypeError('an HTTP report has a hop');
  const seen = { report, first, last };
  const times = phaseTimes(report.hops);
  if (report.end === 'failed') return failed(seen, times);
  const { says, redirects, code } = WAYS[report.end](seen);
  const facts = commonFacts(seen, times);
  const slowest = PHASE_WORDS[facts['slowest phase'] ?? ''];
  const slow = slowest ? [`Most of the time went into ${slowest}.`] : [];
  const doubt = ['ok', 'none'].includes(facts.verification ?? '')
    ? []
    : [`Its certificate does not verify (${facts.verification}), so browsers warn.`];
  return {
    ok: true,
    ...(code && { code }),
    summary: [says, ...slow, ...doubt].join(' '),
    facts: {
      host: hostOf(last.url),
      port: String(portOf(last.url)),
      connection: 'ok',
      status: String(last.status),
      'status class': `${String(last.status).charAt(0)}xx`,
      redirects,
      ...facts,
    },
  };
}

const PARTS = /^(?:(https?):\/\/)?([^/?#\\]*)([^?#]*)/i;

/** What is asked for: a path only where the user typed it, so that no path can carry anything out; never a query. */
function urlOf(text: string, texts: readonly GivenText[]): string {
  const [, scheme = 'https', authority = '', path = ''] = PARTS.exec(text.trim()) ?? [];
  const typed = ownWords(texts[0]?.text ?? '');
  return `${scheme.toLowerCase()}://${authority}${typed.includes(`${authority}${path}`) ? path || '/' : '/'}`;
}

/**
 * Asks a web server for a page as a browser would, and follows its redirects within the site.
 *
 * Facts that rules test:
 * - `connection`: `ok` (there was an HTTP answer), `refused`, `timeout`, `unreachable`, `reset`, `no address`,
 *   `resolver failed`, `handshake failed`, `handshake timeout`, `no answer` (accepted, then silence), `other protocol`,
 *   `failed`; of the last request
 * - `status class`: `2xx`, `3xx`, `4xx`, `5xx`, `none`; `status`: the number
 * - `redirects`: `none`, `followed`, `loop`, `too many`, `leaves the site`, `forbidden target`, `invalid target`
 * - `encryption`: `always`, `upgraded` (http to https), `downgraded` (https to http), `never`
 * - `verification`: `ok`, `none` (no TLS), or OpenSSL's code such as `CERT_HAS_EXPIRED`
 * - `slowest phase`: `none` (nothing took a second), `dns`, `connect`, `tls`, `server`, `download`
 * - `url`, `final url`, `host`, `port`, `address`, `redirect count`, `server`, `dns ms`, `connect ms`, `tls ms`,
 *   `server ms`, `download ms`
 */
export const httpProbe = defineTool({
  name: 'http.probe',
  version: '1.0.0',
  description:
    'Asks a web site that the user named for a page and tells the HTTP status, the redirects and how long each phase ' +
    'took: DNS, connecting, TLS, server. Use it when a web site or page is slow, shows an HTTP error such as 500, 502 ' +
    'or 503, is down or does not load, or redirects in a loop.',
  input: z.object({
    url: z.string().min(1).max(2_048).describe('the web address, or the host name of the site'),
  }),
  permission: 'read-network',
  deadlineMs: 25_000,
  target: ({ url }) => PARTS.exec(url)?.[2] ?? url,
  run: async ({ url }, { ports, run, texts }) =>
    outcomeOf(await ports.network.probe({ url: urlOf(url, texts) }, run)),
});
