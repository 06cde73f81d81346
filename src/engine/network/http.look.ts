import type { Socket } from 'node:net';
import { type Fault, fault, type Host, isFault } from '../../../agents/contracts/index.js';
import type { HttpHop, HttpReport, Network } from '../../../agents/ports.js';
import type { RunContext } from '../../../agents/run-context.js';
import { type CookieJar, createCookieJar } from './cookie-jar.js';
import { endOf, type Gate } from './gate.js';
import { exchange } from './http-exchange.js';
import { plainLine } from './remote-text.js';
import { stopwatch } from './stopwatch.js';
import { shakeHands, verdictOf } from './tls-socket.js';
import { readRedirect, readWebTarget, shownUrl, type WebTarget } from './web-target.js';

const MAX_REDIRECTS = 10;

/** A target that the gate has admitted. */
export interface Admitted {
  readonly target: WebTarget;
  readonly host: Host;
}

type Phases = { -readonly [phase in keyof HttpHop['phases']]: HttpHop['phases'][phase] };

/** One request: what is to be told of it, where it leads, and what ended it before an answer. */
export interface Step {
  readonly hop: HttpHop;
  /** The address that was asked; null where none was. */
  readonly address: string | null;
  readonly location: string | null;
  readonly failure: Fault | null;
  readonly mediaType: string | null;
  /** Where it was asked for and came whole. */
  readonly body: Buffer | null;
}

const hostHeader = ({ target: { secure, port }, host }: Admitted): string => {
  const name = host.kind === 'ipv6' ? `[${host.text}]` : host.text;
  return port === (secure ? 443 : 80) ? name : `${name}:${port}`;
};

/** What the gate says no to, as opposed to what goes wrong on the way. */
const isRefusal = (error: unknown): error is Fault =>
  isFault(error) && (error.code.startsWith('TARGET_') || error.code === 'RATE_LIMITED');

/** The shown form of where a redirect leads; text that is no address is shown as one line. */
const shownLocation = (location: string, from: WebTarget): string => {
  const to = readRedirect(location, from);
  return to ? shownUrl(to) : plainLine(location, 200);
};

export interface Visit {
  readonly jar: CookieJar;
  /** The address that sent us here. */
  readonly from: string | null;
  /** Of a body that is to be kept. */
  readonly keepBytes?: number;
}

/** Asks an admitted target once. A way that fails is a step too; a refusal of an address is thrown. */
export async function take(
  gate: Gate,
  admitted: Admitted,
  { jar, from, keepBytes = 0 }: Visit,
  signal: AbortSignal,
): Promise<Step> {
  const { target, host } = admitted;
  const { secure, port, path } = target;
  const phases: Phases = { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, totalMs: 0 };
  const elapsed = stopwatch();
  let address: string | null = null;
  let verifyError: string | undefined;
  let socket: Socket | undefined;
  const told = () => ({
    url: shownUrl(target),
    address,
    ...(verifyError !== undefined && { verifyError }),
    phases: { ...phases, totalMs: elapsed() },
  });
  const timed = async <T>(phase: keyof Phases, work: Promise<T>): Promise<T> => {
    const lap = stopwatch();
    const result = await work;
    phases[phase] = lap();
    return result;
  };
  try {
    const addresses = await timed('dnsMs', gate.resolve(host, port, signal));
    if (from !== null) for (const to of addresses) gate.policy.admitStep(from, to);
    ({ socket, address } = await timed('connectMs', gate.open(addresses, port, signal)));
    if (secure) {
      const { handshakeMs: timeoutMs } = gate.timeouts;
      const handshake = { host, timeoutMs, context: gate.secureContext(), protocols: ['http/1.1'] };
      const encrypted = await timed('tlsMs', shakeHands(socket, handshake, signal));
      const leaf = encrypted.getPeerX509Certificate();
      verifyError = (leaf && verdictOf(encrypted, leaf, host).verifyError) ?? undefined;
      socket = encrypted;
    }
    const { answerMs, bodyMs } = gate.timeouts;
    const cookies = jar.of(host.text, secure);
    const question = { path, host: hostHeader(admitted), cookies, answerMs, bodyMs, keepBytes };
    const answer = await exchange(socket, question, signal);
    phases.firstByteMs = answer.firstByteMs;
    jar.keep(host.text, answer.setCookie);
    const { status, server, location, mediaType, body } = answer;
    const hop = {
      ...told(),
      status,
      location: location === null ? null : shownLocation(location, target),
      server: server === null ? null : plainLine(server, 100),
    };
    return { hop, address, location, failure: null, mediaType, body };
  } catch (error) {
    if (isRefusal(error)) throw error;
    const failure = endOf(error, signal);
    const hop = { ...told(), status: null, location: null, server: null };
    return { hop, address, location: null, failure, mediaType: null, body: null };
  } finally {
    socket?.on('error', () => {}).destroy();
  }
}

/** Admits where a redirect leads. Throws the gate's refusal. */
function admitRedirect(gate: Gate, location: string, from: Admitted, run: RunContext): Admitted {
  const target = readRedirect(location, from.target);
  if (!target) throw fault('TARGET_INVALID', { detail: 'The redirect leads to no web address.' });
  const visited = { host: from.host, port: from.target.port };
  const host = gate.policy.admitRedirect(target.host, target.port, run.targets, visited);
  gate.count(run);
  return { target, host };
}

/** Asks a web server as a browser would: each redirect passes the gate anew, cookies live as long as the probe. */
export function httpLook(gate: Gate): Network['probe'] {
  const probe = async (first: Admitted, run: RunContext, signal: AbortSignal): Promise<HttpReport> => {
    const jar = createCookieJar();
    const hops: HttpHop[] = [];
    const seen = new Set<string>();
    const elapsed = stopwatch();
    const ended = (end: HttpReport['end'], code: HttpReport['code'] = null): HttpReport => ({
      ...{ hops, end, code, ms: elapsed() },
    });
    let from: string | null = null;
    for (let next = first; ; ) {
      seen.add(placeOf(next, jar));
      let step: Step;
      try {
        step = await take(gate, next, { jar, from }, signal);
      } catch (error) {
        if (hops.length === 0 || !isRefusal(error)) throw error;
        return ended('redirect refused', error.code);
      }
      run.signal.throwIfAborted();
      hops.push(step.hop);
      if (step.failure) return ended('failed', step.failure.code);
      if (step.location === null) return ended('answered');
      if (hops.length > MAX_REDIRECTS) return ended('too many redirects');
      try {
        next = admitRedirect(gate, step.location, next, run);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        return ended('redirect refused', error.code);
      }
      if (seen.has(placeOf(next, jar))) return ended('redirect loop');
      from = step.address;
    }
  };

  return ({ url }, run) =>
    gate.bounded(run, (signal) => {
      const target = readWebTarget(url);
      if (!target) throw fault('TARGET_INVALID', { detail: 'This is no web address that can be asked.' });
      const host = gate.admit(target.host, run, target.port);
      gate.count(run);
      return probe({ target, host }, run, signal);
    });
}

/** The same address with the same cookies is the same place; what the cookies hold may change with every answer. */
const placeOf = ({ target, host }: Admitted, jar: CookieJar): string =>
  [target.href, ...jar.of(host.text, target.secure).keys()].join(' ');
