import { fault, parseHost } from '../../../agents/contracts/index.js';
import type { TrustedTargets } from '../../../agents/run-context.js';
import type { Config } from '../../config/config.schema.js';
import { createCookieJar } from './cookie-jar.js';
import { readExtraRoots } from './extra-roots.js';
import { createGate, type NetworkOptions } from './gate.js';
import { type Admitted, take } from './http.look.js';
import { readRedirect, readWebTarget } from './web-target.js';

/** A page as its server gave it. */
export interface FetchedPage {
  /** Where redirects led. */
  readonly url: string;
  /** `type/subtype`; null where the server named none. */
  readonly mediaType: string | null;
  readonly bytes: Uint8Array;
}

/**
 * Fetches a page that a person named. @throws `TARGET_*` like the tools' gate, `NAME_NOT_FOUND`, `CONNECT_*`, `TLS_FAILED`,
 * `INPUT_UNREADABLE` for an answer that is no page
 */
export type FetchPage = (address: string) => Promise<FetchedPage>;

export type PageReaderOptions = Pick<NetworkOptions, 'estate' | 'extraRoots' | 'resolver' | 'timeouts'>;

const MAX_REDIRECTS = 5;
const MAX_BYTES = 32 * 1024 * 1024;
const PAGE_MS = 60_000;
const TIMEOUTS = { answerMs: 20_000, bodyMs: 45_000 };

const trusting = (...hosts: string[]): TrustedTargets => ({
  has: (host) => hosts.includes(host),
  list: hosts,
});

const unreadable = (detail: string) => fault('INPUT_UNREADABLE', { detail });

/**
 * Pages by the rules of the egress gate: private addresses only where the estate opens them, each redirect judged anew,
 * certificates verified. A page is asked for once, without cookies of others and without its scripts.
 */
export function createPageReader(options: PageReaderOptions): FetchPage {
  const gate = createGate({ enabled: true, ...options, timeouts: { ...TIMEOUTS, ...options.timeouts } });

  const admit = (address: string): Admitted => {
    const target = readWebTarget(address);
    const host = target && parseHost(target.host);
    if (!host) throw fault('TARGET_INVALID', { detail: 'This is no web address.' });
    return { target, host: gate.policy.admitHost(host.text, trusting(host.text), target.port) };
  };
  const redirected = (location: string, { target, host }: Admitted): Admitted => {
    const next = readRedirect(location, target);
    if (!next) throw fault('TARGET_INVALID', { detail: 'The page redirects to no web address.' });
    const visited = { host, port: target.port };
    return { target: next, host: gate.policy.admitRedirect(next.host, next.port, trusting(), visited) };
  };

  return async (address) => {
    const signal = AbortSignal.timeout(PAGE_MS);
    const jar = createCookieJar();
    let from: string | null = null;
    let admitted = admit(address);
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const { hop, failure, location, mediaType, body, ...step } = await take(
        gate,
        admitted,
        { jar, from, keepBytes: MAX_BYTES },
        signal,
      );
      if (failure) throw failure;
      if (hop.verifyError !== undefined)
        throw fault('TLS_FAILED', { detail: `The certificate does not verify: ${hop.verifyError}.` });
      if (location !== null) {
        admitted = redirected(location, admitted);
        from = step.address;
        continue;
      }
      if (hop.status === null || hop.status < 200 || hop.status > 299)
        throw unreadable(`The address answers with status ${hop.status}.`);
      if (!body) throw unreadable(`The page broke off, or is larger than ${MAX_BYTES / 1024 / 1024} MiB.`);
      return { url: admitted.target.href, mediaType, bytes: body };
    }
    throw unreadable('The page redirects too often.');
  };
}

/** The page reader that a configuration describes. @throws `CONFIG_INVALID` */
export const openPageReader = ({ estate, tools }: Pick<Config, 'estate' | 'tools'>): FetchPage =>
  createPageReader({ estate: estate.allow, extraRoots: readExtraRoots(tools.extraRoots) });
