import { chainFor } from './authorities.js';
import { HERE, hostWorld, SHOP, type SimulatedCase } from './case.js';
import { redirect, slow, status, type WebOptions, web } from './services.js';

const certificates = chainFor(SHOP);
/** Longer than anybody calls quick. */
const LATE_MS = 1_150;

const site = (options: WebOptions) => hostWorld(SHOP, { web: web({ certificates, ...options }) });

/** Error pages that people report in the same words, with their causes. */
const ALIKE: Readonly<Record<string, SimulatedCase['cause']>> = {
  'application that fails': 'application error on the server',
  'backend that is away': 'backend not available',
  'page that is gone': 'page not found',
  'page that is closed': 'access refused by the site',
};

const answering = (
  code: number,
  name: string,
  cause: SimulatedCase['cause'],
  words: string,
): SimulatedCase => ({
  name,
  world: site({ page: status(code) }),
  question: `https://${SHOP}:{web}/ ${words}`,
  runbook: 'error page',
  cause,
  lookAlikes: Object.keys(ALIKE).filter((other) => ALIKE[other] !== cause),
});

const ANSWERS: readonly SimulatedCase[] = [
  answering(
    500,
    'application that fails',
    'application error on the server',
    'shows “Internal Server Error”.',
  ),
  answering(502, 'backend that is away', 'backend not available', 'shows an error page: 502 Bad Gateway.'),
  answering(503, 'backend in maintenance', 'backend not available', 'says “Service Unavailable”.'),
  answering(404, 'page that is gone', 'page not found', 'shows a 404 error.'),
  answering(403, 'page that is closed', 'access refused by the site', 'says 403 Forbidden.'),
  {
    name: 'error page that is over',
    world: site({}),
    question: `https://${SHOP}:{web}/ showed the error 503 an hour ago.`,
    runbook: 'error page',
    cause: 'works from here',
    lookAlikes: ['backend in maintenance', 'application that fails'],
  },
];

const REDIRECTS: readonly SimulatedCase[] = [
  {
    name: 'redirects in a circle',
    world: site({ page: redirect((path) => (path === '/a' ? '/b' : '/a')) }),
    question: `https://${SHOP}:{web}/ shows ERR_TOO_MANY_REDIRECTS.`,
    runbook: 'redirect loop',
    cause: 'redirect loop',
    lookAlikes: ['redirects without end', 'redirect that arrives'],
  },
  {
    name: 'redirects without end',
    world: site({ page: redirect((path) => `${path}x`) }),
    question: `https://${SHOP}:{web}/ redirects too many times.`,
    runbook: 'redirect loop',
    cause: 'redirect chain too long',
    lookAlikes: ['redirects in a circle', 'redirect that arrives'],
  },
  {
    name: 'redirect that arrives',
    world: site({
      page: (request, response) =>
        request.url === '/' ? redirect(() => '/start')(request, response) : status(500)(request, response),
    }),
    question: `https://${SHOP}:{web}/ keeps redirecting and then shows an error.`,
    runbook: 'redirect loop',
    cause: 'application error on the server',
    lookAlikes: ['redirects in a circle', 'redirects without end'],
  },
  {
    name: 'redirect that is well',
    world: site({
      page: (request, response) =>
        request.url === '/' ? redirect(() => '/start')(request, response) : status(200)(request, response),
    }),
    question: `https://${SHOP}:{web}/ redirected too many times yesterday.`,
    runbook: 'redirect loop',
    cause: 'works from here',
    lookAlikes: ['redirects in a circle', 'redirects without end'],
  },
];

const lateDns = { afterMs: LATE_MS, reply: HERE };

const SLOW: readonly SimulatedCase[] = [
  {
    name: 'slow DNS',
    world: { zone: { [`${SHOP} A`]: lateDns }, services: { web: web({ certificates }) } },
    question: `https://${SHOP}:{web}/ is very slow.`,
    runbook: 'slow site',
    cause: 'slow DNS',
    lookAlikes: ['slow handshake', 'slow server'],
  },
  {
    name: 'slow handshake',
    world: site({ handshakeAfterMs: LATE_MS }),
    question: `https://${SHOP}:{web}/ takes ages to load.`,
    runbook: 'slow site',
    cause: 'slow TLS handshake',
    lookAlikes: ['slow DNS', 'slow server'],
  },
  {
    name: 'slow server',
    world: site({ page: slow(LATE_MS) }),
    question: `https://${SHOP}:{web}/ loads slowly since Monday.`,
    runbook: 'slow site',
    cause: 'slow server',
    lookAlikes: ['slow DNS', 'slow handshake'],
  },
  {
    name: 'site that is quick from here',
    world: site({}),
    question: `https://${SHOP}:{web}/ is slow for me.`,
    runbook: 'slow site',
    cause: 'works from here',
    lookAlikes: ['slow DNS', 'slow server'],
  },
];

/** Sites that answer with an error, in circles or late. */
export const WEB_CASES: readonly SimulatedCase[] = [...ANSWERS, ...REDIRECTS, ...SLOW];
