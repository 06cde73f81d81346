import type { Runbook } from './runbook.js';
import { http } from './signs.js';
import { ASK_FOR_PAGE, LOOK_UP_ADDRESS } from './steps.js';

/** A site opens, but late. */
export const SLOW_SITE: Runbook = {
  description: 'a web site is slow or takes long to load',
  symptoms: [
    /\bslow\w*|\blangsam\w*|\blente?\b|\blangsom\w*/i,
    /\btakes? (?:ages|forever|(?:very |too |so )?long|minutes|\d+ (?:s|sec\w*|min\w*))\b/i,
    /\b(?:lags?|laggy|hangs|high latency|performance)\b/i,
  ],
  causes: {
    'works from here': 0.15,
    'slow server': 0.35,
    'slow DNS': 0.1,
    'slow network': 0.1,
    'slow TLS handshake': 0.06,
    'backend not available': 0.04,
    'host down or not reachable': 0.02,
    'DNS server failing': 0.02,
  },
  steps: [
    ASK_FOR_PAGE,
    { ...LOOK_UP_ADDRESS, when: [http({ connection: ['no address', 'resolver failed'] })] },
  ],
};
