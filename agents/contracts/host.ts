/** A host as everything in Triagent writes it: one spelling, so that two of them can be compared. */
export interface Host {
  readonly kind: 'name' | 'ipv4' | 'ipv6';
  /** Lower-case ASCII name without a trailing dot, canonical dotted quad, or IPv6 text of RFC 5952. */
  readonly text: string;
}

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const DOTTED_QUAD = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);
const IPV6_CHARACTERS = /^[\da-f:.]{2,45}$/;
const NAME_CHARACTERS = /^[\p{L}\p{M}\p{N}_.-]+$/u;
const ASCII = /^\p{ASCII}*$/u;
const LABEL = /^[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?$/;
/** WHATWG URL: a name whose last label looks like a number is an address in disguise (`0x7f.1`, `127.1`). */
const NUMBER_LABEL = /^(?:\d+|0x[\da-f]*)$/;

const urlHost = (text: string): string | null => {
  const address = `http://${text}/`;
  return URL.canParse(address) ? new URL(address).hostname : null;
};

/** IDNA (UTS 46). A spelling that IDNA would fold into another, such as full-width letters, is refused, not folded. */
function asciiName(text: string): string | null {
  const name = text.toLowerCase();
  if (ASCII.test(text)) return name;
  if (text.normalize('NFKC') !== text) return null;
  const ascii = urlHost(name);
  const labels = name.split('.');
  const folded = ascii?.split('.') ?? [];
  const faithful =
    folded.length === labels.length &&
    labels.every((label, at) => (ASCII.test(label) ? folded[at] === label : folded[at]?.startsWith('xn--')));
  return faithful ? ascii : null;
}

/**
 * Reads a host strictly: a host name (IDNA, up to 253 characters, labels up to 63), a canonical dotted quad or an IPv6
 * address without brackets. Everything else is null: octal, hexadecimal, decimal and short addresses, zone ids, ports,
 * userinfo, escapes, white space and control characters.
 */
export function parseHost(text: string): Host | null {
  if (text.length > 254) return null;
  const lower = text.toLowerCase();
  if (DOTTED_QUAD.test(lower)) return { kind: 'ipv4', text: lower };
  if (IPV6_CHARACTERS.test(lower) && lower.includes(':')) {
    const bracketed = urlHost(`[${lower}]`);
    return bracketed === null ? null : { kind: 'ipv6', text: bracketed.slice(1, -1) };
  }
  if (!NAME_CHARACTERS.test(text)) return null;
  const name = asciiName(text)?.replace(/\.$/, '');
  if (!name || name.length > 253) return null;
  const labels = name.split('.');
  if (!labels.every((label) => LABEL.test(label)) || NUMBER_LABEL.test(labels.at(-1) ?? '')) return null;
  return { kind: 'name', text: name };
}
