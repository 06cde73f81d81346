import { CERTIFICATE_CAUSES } from './causes/certificate.causes.js';
import { CONNECTION_CAUSES } from './causes/connection.causes.js';
import { LOG_CAUSES } from './causes/log.causes.js';
import { MAIL_CAUSES } from './causes/mail.causes.js';
import { NAME_CAUSES } from './causes/name.causes.js';
import { WEB_CAUSES } from './causes/web.causes.js';
import type { Cause } from './signs.js';

const TABLE = {
  ...CERTIFICATE_CAUSES,
  ...NAME_CAUSES,
  ...CONNECTION_CAUSES,
  ...WEB_CAUSES,
  ...MAIL_CAUSES,
  ...LOG_CAUSES,
} as const;

export type CauseName = keyof typeof TABLE;

export interface NamedCause extends Cause {
  readonly name: CauseName;
}

const isCauseName = (name: string): name is CauseName => Object.hasOwn(TABLE, name);

/** What the tools can tell apart. */
export const CAUSES: readonly NamedCause[] = Object.keys(TABLE)
  .filter(isCauseName)
  .map((name) => ({ name, ...TABLE[name] }));

/** Causes which mean that something is wrong with what was looked at. */
export const FAULTS: ReadonlySet<CauseName> = new Set(
  CAUSES.filter((cause) => cause.isFault !== false).map(({ name }) => name),
);

/** What a user is told where a cause is settled: what it is, where, and what to do. Empty for what is no cause. */
export function adviceOn(name: string, host: string): string {
  if (!isCauseName(name)) return '';
  const finding = FAULTS.has(name)
    ? `The likely cause at ${host}: ${name}.`
    : `From here all is well with ${host}.`;
  return `${finding} ${TABLE[name].tell}`;
}
