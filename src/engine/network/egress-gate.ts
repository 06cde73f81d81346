import type { Network } from '../../../agents/ports.js';
import { dnsLook } from './dns.look.js';
import { createGate, type NetworkOptions } from './gate.js';
import { httpLook } from './http.look.js';
import { mailLook } from './mail.look.js';
import { tcpLook } from './tcp.look.js';
import { tlsLook } from './tls.look.js';

export type { NetworkOptions, NetworkTimeouts } from './gate.js';

/**
 * The network as tools have it: every kind of look over one gate that owns all sockets (its refusals: {@link Network}).
 *
 * Throws `CONFIG_INVALID` for an estate that cannot be read.
 */
export function createNetwork(options: NetworkOptions): Network {
  const gate = createGate(options);
  return {
    lookup: dnsLook(gate),
    connect: tcpLook(gate),
    inspectTls: tlsLook(gate),
    probe: httpLook(gate),
    greetMail: mailLook(gate),
  };
}
