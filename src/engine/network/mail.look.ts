import { fault } from '../../../agents/contracts/index.js';
import type { MailExchangeReport, Network } from '../../../agents/ports.js';
import { endOf, type Gate } from './gate.js';
import { greet } from './smtp-greeting.js';
import { stopwatch } from './stopwatch.js';

/** Exchangers of one domain that are greeted, the preferred ones first. */
const MAX_EXCHANGES = 4;

interface Exchange {
  readonly exchange: string;
  readonly preference: number;
}

/** RFC 5321 §5.1: without MX the domain itself takes its mail; RFC 7505: with the empty name nobody does. */
async function exchangesOf(gate: Gate, domain: string, signal: AbortSignal): Promise<Exchange[]> {
  const { status, records } = await gate.ask(domain, 'MX', signal);
  if (status === 'nodata') return [{ exchange: domain, preference: 0 }];
  if (status === 'nxdomain') throw fault('NAME_NOT_FOUND', { detail: `The name ${domain} does not exist.` });
  if (status !== 'ok')
    throw fault('RESOLVER_FAILED', { detail: `The resolver gave no answer for ${domain} (${status}).` });
  return records
    .map((record) => {
      const [preference = '', exchange = ''] = record.split(' ');
      return { exchange, preference: Number(preference) };
    })
    .filter(({ exchange }) => exchange !== '.')
    .slice(0, MAX_EXCHANGES);
}

/** Greets the mail exchangers of a trusted domain; what one of them refuses or breaks is told of that one alone. */
export function mailLook(gate: Gate): Network['greetMail'] {
  const visit = async (
    { exchange, preference }: Exchange,
    signal: AbortSignal,
  ): Promise<MailExchangeReport> => {
    const elapsed = stopwatch();
    let address: string | null = null;
    const report = { exchange, preference, greeting: null, status: null, startTls: null };
    try {
      const host = gate.policy.admitAnswer(exchange, gate.mailPort);
      const addresses = await gate.resolve(host, gate.mailPort, signal);
      const reached = await gate.open(addresses, gate.mailPort, signal);
      address = reached.address;
      const greeting = await greet(reached.socket, gate.timeouts.greetingMs, signal);
      return { ...report, ...greeting, address, ms: elapsed() };
    } catch (error) {
      return { ...report, address, code: endOf(error, signal).code, ms: elapsed() };
    }
  };

  return (domain, run) =>
    gate.bounded(run, async (signal) => {
      const host = gate.admit(domain, run);
      if (host.kind !== 'name')
        throw fault('TARGET_INVALID', { detail: 'Mail is looked at by domain, not by address.' });
      gate.count(run);
      const exchanges = await exchangesOf(gate, host.text, signal);
      const reports = await Promise.all(exchanges.map((exchange) => visit(exchange, signal)));
      run.signal.throwIfAborted();
      return reports;
    });
}
