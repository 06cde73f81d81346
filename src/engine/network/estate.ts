import ipaddr from 'ipaddr.js';
import { type FieldError, fault, parseHost } from '../../../agents/contracts/index.js';

/** What the operator lets tools reach beyond what a user typed: the only way to private addresses. */
export interface Estate {
  /** Without a port: true where any port of the name is covered. */
  coversName(name: string, port?: number): boolean;
  coversAddress(address: string, port?: number): boolean;
}

interface Entry {
  readonly port: number | null;
  readonly name?: string;
  /** `.domain` of an entry `*.domain`. */
  readonly suffix?: string;
  readonly range?: ReturnType<typeof ipaddr.parseCIDR>;
}

const BRACKETED = /^\[([^\]]*)\](?:\/(\d{1,3}))?(?::(\d{1,5}))?$/;
const PLAIN = /^([^:/]*)(?:\/(\d{1,3}))?(?::(\d{1,5}))?$/;
const BARE_IPV6 = /^([\da-f:.]*:[\da-f:.]*)(?:\/(\d{1,3}))?$/i;

function parseEntry(text: string): Entry | null {
  const parts = BRACKETED.exec(text) ?? PLAIN.exec(text) ?? BARE_IPV6.exec(text);
  if (!parts) return null;
  const [, given = '', bits, portText] = parts;
  const port = portText === undefined ? null : Number(portText);
  if (port !== null && (port < 1 || port > 65_535)) return null;
  const wildcard = given.startsWith('*.');
  const host = parseHost(wildcard ? given.slice(2) : given);
  if (!host || (wildcard && host.kind !== 'name')) return null;
  if (host.kind === 'name') {
    if (bits !== undefined) return null;
    return wildcard ? { port, suffix: `.${host.text}` } : { port, name: host.text };
  }
  const longest = host.kind === 'ipv4' ? 32 : 128;
  const length = bits === undefined ? longest : Number(bits);
  return length > longest ? null : { port, range: [ipaddr.parse(host.text), length] };
}

const portFits = (entry: Entry, port: number | undefined) =>
  entry.port === null || port === undefined || entry.port === port;

/**
 * Reads `estate.allow`: host names, `*.domain` (its sub-domains), addresses and CIDRs, each with an optional `:port`;
 * IPv6 with a port stands in brackets. Throws `CONFIG_INVALID` with every entry that is none of these.
 *
 * @example parseEstate(['git.example.com', '*.corp.example:443', '10.0.0.0/8', '[fd00::1]:8443'])
 */
export function parseEstate(allow: readonly string[]): Estate {
  const entries: Entry[] = [];
  const errors: FieldError[] = [];
  for (const [at, text] of allow.entries()) {
    const entry = parseEntry(text.trim());
    if (entry) entries.push(entry);
    else {
      const message = 'must be a host name, `*.domain`, an address or a CIDR, each with an optional `:port`';
      errors.push({ pointer: `/estate/allow/${at}`, message });
    }
  }
  if (errors.length > 0)
    throw fault('CONFIG_INVALID', { detail: 'An entry of `estate.allow` is not valid.', errors });
  return {
    coversName: (name, port) =>
      entries.some(
        (entry) =>
          portFits(entry, port) &&
          (entry.name === name || (entry.suffix !== undefined && name.endsWith(entry.suffix))),
      ),
    coversAddress: (address, port) => {
      const parsed = ipaddr.parse(address);
      return entries.some(
        ({ range, ...entry }) =>
          range && portFits(entry, port) && range[0].kind() === parsed.kind() && parsed.match(range),
      );
    },
  };
}
