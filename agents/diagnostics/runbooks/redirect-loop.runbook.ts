import type { Runbook } from './runbook.js';
import { ASK_FOR_PAGE } from './steps.js';

/** A site sends its visitors on and on. */
export const REDIRECT_LOOP: Runbook = {
  description: 'a web site redirects too often, in a circle or to a wrong place',
  symptoms: [
    /\bERR_TOO_MANY_REDIRECTS\b|\btoo many redirects\b/i,
    /\bredirect\w*|\bweiterleitung\w*|\bomdirig\w*|\bredirig\w*/i,
    /\b(?:sent|going|goes) (?:round )?in (?:a )?circles?\b|\b(?:endless|infinite) loop\b/i,
  ],
  causes: {
    'works from here': 0.15,
    'redirect loop': 0.45,
    'redirect chain too long': 0.08,
    'application error on the server': 0.05,
    'page not found': 0.04,
    'backend not available': 0.03,
    'service not running': 0.02,
  },
  steps: [ASK_FOR_PAGE],
};
