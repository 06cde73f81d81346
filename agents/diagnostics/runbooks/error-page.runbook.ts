import type { Runbook } from './runbook.js';
import { ASK_FOR_PAGE } from './steps.js';

/** A site answers with an error. */
export const ERROR_PAGE: Runbook = {
  description: 'a web site shows an error page such as 403, 404, 500, 502 or 503',
  symptoms: [
    /\b(?:http |error |status |code )?(?:50[0-4]|40[134])\b(?! ?(?:ms|euro|eur|€|\$|users?|people))/i,
    /\b(?:internal server error|bad gateway|gateway time-?out|service unavailable|page not found|forbidden)\b/i,
    /\berror page\b/i,
  ],
  causes: {
    'works from here': 0.1,
    'backend not available': 0.25,
    'application error on the server': 0.22,
    'page not found': 0.14,
    'access refused by the site': 0.12,
    'service not running': 0.04,
    'redirect loop': 0.02,
  },
  steps: [ASK_FOR_PAGE],
};
