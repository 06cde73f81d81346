import type { Network } from '../../../agents/ports.js';
import type { Gate } from './gate.js';
import { stopwatch } from './stopwatch.js';
import { inspectTls } from './tls-inspector.js';

/** Reads the certificate and the protocol that a trusted host shows. */
export const tlsLook =
  (gate: Gate): Network['inspectTls'] =>
  (target, run) =>
    gate.bounded(run, async (signal) => {
      const { port } = target;
      const host = gate.admit(target.host, run, port);
      gate.count(run);
      const elapsed = stopwatch();
      const { socket, address } = await gate.open(await gate.resolve(host, port, signal), port, signal);
      const handshake = { host, timeoutMs: gate.timeouts.handshakeMs, context: gate.secureContext() };
      const report = await inspectTls(socket, handshake, signal);
      return { ...report, address, port, ms: elapsed() };
    });
