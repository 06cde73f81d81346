import type { Runbook } from './runbook.js';
import { READ_LOG } from './steps.js';

/** Log lines or a stack trace came with the question. Followed wherever there is a log, whatever the words. */
export const ERRORS_IN_LOG: Runbook = {
  description: 'log lines, error messages or a stack trace came with the question',
  symptoms: [],
  causes: {
    'another system not reachable': 0.25,
    'application error': 0.25,
    'missing permission': 0.12,
    'certificate problem in the application': 0.1,
    'out of memory or disk': 0.1,
  },
  steps: [READ_LOG],
};
