import { CERTIFICATE_PROBLEM } from './certificate-problem.runbook.js';
import { DNS_FAILURE } from './dns-failure.runbook.js';
import { ERROR_PAGE } from './error-page.runbook.js';
import { ERRORS_IN_LOG } from './errors-in-log.runbook.js';
import { MAIL_NOT_DELIVERED } from './mail-not-delivered.runbook.js';
import { PORT_BLOCKED } from './port-blocked.runbook.js';
import { REDIRECT_LOOP } from './redirect-loop.runbook.js';
import type { Runbook } from './runbook.js';
import { SITE_UNREACHABLE } from './site-unreachable.runbook.js';
import { SLOW_SITE } from './slow-site.runbook.js';
import { WRONG_HOST_NAME } from './wrong-host-name.runbook.js';

/** Every runbook; where a message shows as many symptoms of two, the later one here is followed: it says more. */
export const RUNBOOKS = {
  'site unreachable': SITE_UNREACHABLE,
  'slow site': SLOW_SITE,
  'error page': ERROR_PAGE,
  'DNS failure': DNS_FAILURE,
  'port blocked or VPN': PORT_BLOCKED,
  'wrong host name': WRONG_HOST_NAME,
  'certificate problem': CERTIFICATE_PROBLEM,
  'redirect loop': REDIRECT_LOOP,
  'mail not delivered': MAIL_NOT_DELIVERED,
  'errors in a log': ERRORS_IN_LOG,
} as const satisfies Readonly<Record<string, Runbook>>;

export type RunbookName = keyof typeof RUNBOOKS;

const isRunbookName = (name: string): name is RunbookName => Object.hasOwn(RUNBOOKS, name);
export const RUNBOOK_NAMES: readonly RunbookName[] = Object.keys(RUNBOOKS).filter(isRunbookName);

/** Characters of a message in which symptoms are looked for. */
const MAX_TEXT = 20_000;

/** The runbook whose symptoms a message shows most of; null where it shows none. */
export function chooseRunbook(message: string): RunbookName | null {
  const text = message.slice(0, MAX_TEXT);
  let best: { readonly name: RunbookName; readonly shown: number } | null = null;
  for (const name of RUNBOOK_NAMES) {
    const shown = RUNBOOKS[name].symptoms.filter((symptom) => symptom.test(text)).length;
    if (shown > 0 && shown >= (best?.shown ?? 0)) best = { name, shown };
  }
  return best?.name ?? null;
}
