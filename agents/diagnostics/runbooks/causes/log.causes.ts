import { type Cause, excludes, log, supports } from '../signs.js';

export const LOG_CAUSES = {
  'another system not reachable': {
    description: 'the log shows that the application cannot reach a system that it depends on',
    tell: 'The application cannot reach a system that it depends on. Look at that system and at the way to it first.',
    signs: [supports(log('connection refused', 'timeout', 'connection reset', 'name not found'))],
  },
  'certificate problem in the application': {
    description: 'the log shows that the application rejects a certificate',
    tell: 'The application rejects a certificate. Check its date, and whether the authority is in the trust store of the application.',
    signs: [supports(log('certificate expired', 'certificate not trusted'))],
  },
  'out of memory or disk': {
    description: 'the log shows that memory or disk space ran out',
    tell: 'Memory or disk space ran out on that machine. Free some, or give it more, before the application is started again.',
    signs: [supports(log('out of memory', 'disk full'))],
  },
  'missing permission': {
    description: 'the log shows that access was denied',
    tell: 'Access was denied. Check the rights of the account under which the application runs.',
    signs: [supports(log('access denied'))],
  },
  'application error': {
    description: 'the log shows an exception in the application itself',
    tell: 'The application itself fails. Send the log to its maker or its team.',
    signs: [
      supports(log('exception', 'server error')),
      excludes({ tools: ['log.analyze'], facts: { errors: ['0'] } }),
    ],
  },
} as const satisfies Readonly<Record<string, Cause>>;
