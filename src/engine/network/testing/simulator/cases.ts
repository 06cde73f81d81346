import type { SimulatedCase } from './case.js';
import { CERTIFICATE_CASES } from './certificate.cases.js';
import { MAIL_CASES } from './mail.cases.js';
import { REACH_CASES } from './reach.cases.js';
import { WEB_CASES } from './web.cases.js';

/** Every fault of the simulator with its look-alikes. */
export const SIMULATED_CASES: readonly SimulatedCase[] = [
  ...CERTIFICATE_CASES,
  ...REACH_CASES,
  ...WEB_CASES,
  ...MAIL_CASES,
];
