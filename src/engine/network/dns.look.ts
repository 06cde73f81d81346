import { fault } from '../../../agents/contracts/index.js';
import { DNS_TYPES, type Network } from '../../../agents/ports.js';
import type { Gate } from './gate.js';
import { stopwatch } from './stopwatch.js';

/** Asks DNS for one kind of record of a trusted name. */
export const dnsLook =
  (gate: Gate): Network['lookup'] =>
  (name, type, run) =>
    gate.bounded(run, async (signal) => {
      if (!DNS_TYPES.includes(type))
        throw fault('TOOL_INPUT_INVALID', { detail: 'This record type is not asked for.' });
      const host = gate.admit(name, run);
      if ((host.kind === 'name') === (type === 'PTR')) {
        throw fault('TARGET_INVALID', {
          detail: 'A PTR record is asked for an address, every other type for a name.',
        });
      }
      const asked = type === 'PTR' ? gate.policy.admitAddress(host.text, host) : host.text;
      gate.count(run);
      const elapsed = stopwatch();
      const answer = await gate.ask(asked, type, signal);
      return { name: host.text, type, ...answer, ms: elapsed() };
    });
