import type { Network } from '../../../agents/ports.js';
import type { Gate } from './gate.js';
import { stopwatch } from './stopwatch.js';

/** Opens a connection to a trusted host and closes it again, without a byte of payload. */
export const tcpLook =
  (gate: Gate): Network['connect'] =>
  (target, run) =>
    gate.bounded(run, async (signal) => {
      const { port } = target;
      const host = gate.admit(target.host, run, port);
      gate.count(run);
      const resolving = stopwatch();
      const addresses = await gate.resolve(host, port, signal);
      const dnsMs = resolving();
      const connecting = stopwatch();
      const { socket, address } = await gate.open(addresses, port, signal);
      const connectMs = connecting();
      socket.on('error', () => {}).destroy();
      return { host: host.text, port, address, dnsMs, connectMs };
    });
