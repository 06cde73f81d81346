import ipaddr from 'ipaddr.js';
import { parseHost } from '../../../agents/contracts/index.js';

/** What an address is good for: `unicast` is the public internet; every other class has its own name. */
export interface AddressClass {
  /** The address that a packet would really reach: an IPv4-mapped one stands as its IPv4 address. */
  readonly address: string;
  readonly class: string;
}

/** Where clouds hand out credentials (AWS, ECS, Alibaba, Azure): an address of this class is never permitted. */
const METADATA: ReadonlySet<string> = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '100.100.100.200',
  '168.63.129.16',
  'fd00:ec2::254',
]);

type Bytes = readonly number[];

interface Embedding {
  readonly holds: (bytes: Bytes) => boolean;
  /** The IPv4 addresses inside, as four bytes each. */
  readonly inner: (bytes: Bytes) => Bytes[];
  /** True where the outer form is only another way to write the inner address. */
  readonly transparent?: true;
}

const begins =
  (...prefix: number[]) =>
  (bytes: Bytes) =>
    prefix.every((byte, at) => bytes[at] === byte);

const zeros = (count: number): number[] => new Array<number>(count).fill(0);
const last = (bytes: Bytes) => [bytes.slice(12)];

const EMBEDDINGS: readonly Embedding[] = [
  { holds: begins(...zeros(10), 255, 255), inner: last, transparent: true }, // IPv4-mapped, RFC 4291
  { holds: begins(0, 0x64, 0xff, 0x9b, ...zeros(8)), inner: last, transparent: true }, // NAT64, RFC 6052
  { holds: begins(0, 0x64, 0xff, 0x9b, 0, 1), inner: localNat64 }, // RFC 8215
  { holds: begins(...zeros(12)), inner: last }, // IPv4-compatible, RFC 4291
  { holds: begins(...zeros(8), 255, 255, 0, 0), inner: last }, // IPv4-translated, RFC 7915
  { holds: begins(0x20, 0x02), inner: (bytes) => [bytes.slice(2, 6)] }, // 6to4, RFC 3056
  { holds: begins(0x20, 0x01, 0, 0), inner: teredo },
  { holds: (bytes) => [0, 2].includes(bytes[8] ?? -1) && begins(0, 0x5e, 0xfe)(bytes.slice(9)), inner: last }, // ISATAP
];

/** RFC 6052 §2.2: a /48 prefix splits the IPv4 address around byte 8; a /96 one keeps it at the end. */
function localNat64(bytes: Bytes): Bytes[] {
  return [[...bytes.slice(6, 8), ...bytes.slice(9, 11)], bytes.slice(12)];
}

/** RFC 4380: the server's address in the clear and the client's with every bit turned. */
function teredo(bytes: Bytes): Bytes[] {
  return [bytes.slice(4, 8), bytes.slice(12).map((byte) => byte ^ 255)];
}

type Address = ReturnType<typeof ipaddr.parse>;

const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');

const rangeOf = (address: Address): string => {
  const range = address.range();
  return range === 'unicast' && address.kind() === 'ipv6' && !address.match(GLOBAL_IPV6) ? 'reserved' : range;
};

const textOf = (address: Address): string =>
  'toRFC5952String' in address ? address.toRFC5952String() : address.toString();

/**
 * Classifies an address by the IANA special-purpose registries (through ipaddr.js), looking into IPv6 forms that carry
 * an IPv4 address: the worst layer decides. What is no address has a class of its own, so that it is never permitted.
 */
export function classifyAddress(text: string): AddressClass {
  const host = parseHost(text);
  if (!host || host.kind === 'name') return { address: text, class: 'unreadable' };
  // The canonical form first: ipaddr.js reads the dotted `::1.2.3.4` as if it were `::ffff:1.2.3.4`.
  const outer = ipaddr.parse(host.text);
  const bytes = outer.toByteArray();
  const embedding = outer.kind() === 'ipv6' ? EMBEDDINGS.find(({ holds }) => holds(bytes)) : undefined;
  const inner = (embedding?.inner(bytes) ?? []).map((layer) => ipaddr.fromByteArray([...layer]));
  const layers = embedding?.transparent ? inner : [outer, ...inner];
  const mapped = outer.range() === 'ipv4Mapped' ? inner[0] : undefined;
  const metadata = [outer, ...inner].some((layer) => METADATA.has(textOf(layer)));
  return {
    address: textOf(mapped ?? outer),
    class: metadata ? 'metadata' : (layers.map(rangeOf).find((range) => range !== 'unicast') ?? 'unicast'),
  };
}
