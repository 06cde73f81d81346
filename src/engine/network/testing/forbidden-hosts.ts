const octets = (address: string) => address.split('.').map(Number);
const whole = (address: string) => octets(address).reduce((value, octet) => value * 256 + octet, 0);
const hex = (value: number, width = 0) => value.toString(16).padStart(width, '0');
const wide = (text: string, zero: number) =>
  text.replaceAll(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));

/** An address and everything that some parser somewhere takes for it. */
function disguises(address: string): string[] {
  const parts = octets(address);
  const [first = 0, second = 0, third = 0, fourth = 0] = parts;
  const pairs = `${hex(first, 2)}${hex(second, 2)}:${hex(third, 2)}${hex(fourth, 2)}`;
  return [
    address,
    `${whole(address)}`,
    `0x${hex(whole(address))}`,
    `0X${hex(whole(address)).toUpperCase()}`,
    `0${whole(address).toString(8)}`,
    parts.map((part) => `0x${hex(part)}`).join('.'),
    parts.map((part) => `0${part.toString(8)}`).join('.'),
    parts.map((part) => String(part).padStart(4, '0')).join('.'),
    `${first}.${whole(address) % 2 ** 24}`,
    `${first}.${second}.${third * 256 + fourth}`,
    `0x${hex(first)}.${second}.${third}.${fourth}`,
    `${first}.${second}.${third}.${fourth + 256}`,
    `${address}.`,
    `${address}..`,
    `.${address}`,
    ` ${address}`,
    `${address} `,
    `${address}\t`,
    `${address}\n`,
    `${address}\0`,
    `${address}\0.example.com`,
    `${address}%00.example.com`,
    `${address}%20`,
    encodeURIComponent(address).replace('.', '%2e'),
    `${address}:443`,
    `[${address}]`,
    `user@${address}`,
    `example.com@${address}`,
    `example.com#@${address}`,
    `${address}/`,
    `${address}\\example.com`,
    `//${address}`,
    `https://${address}/`,
    wide(address, 0xff10),
    wide(address, 0x1d7ce),
    wide(address, 0x2080),
    address.replaceAll('.', '。'),
    address.replaceAll('.', '．'),
    address.replace('.', '\u00ad.'),
    address.replace('.', '\u200b.'),
    `-${address}`,
    `${address};id`,
    `::ffff:${address}`,
    `::FFFF:${pairs}`,
    `0:0:0:0:0:ffff:${pairs}`,
    `::${address}`,
    `::ffff:0:${address}`,
    `64:ff9b::${address}`,
    `64:ff9b:1::${address}`,
    `2002:${pairs}::`,
    `2001:0:${pairs}::1`,
    `2001:db8:1:1:0:5efe:${address}`,
    `2a00:1450:4001:80b:200:5efe:${pairs}`,
    `::ffff:${address}%eth0`,
    `[::ffff:${address}]`,
  ];
}

/** Ranges that no estate of a test opens: one address of each, and their ends. */
const ADDRESSES: readonly string[] = (
  '0.0.0.0 0.1.2.3 10.0.0.0 10.255.255.255 100.64.0.1 100.127.255.254 100.100.100.200 127.255.255.254 168.63.129.16 ' +
  '169.254.0.1 169.254.170.2 169.254.255.255 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.170 192.0.2.1 192.88.99.1 ' +
  '192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 ' +
  '255.255.255.255 :: ::1 0:0:0:0:0:0:0:1 0000:0000:0000:0000:0000:0000:0000:0001 ::1%lo [::1] fe80::1 fe80::1%eth0 ' +
  'febf::1 fec0::1 fc00::1 fd00::1 fd00:ec2::254 FD00:EC2:0::254 fdff:ffff::1 ff02::1 ff05::1:3 100::1 2001:db8::1 ' +
  '2001:2::1 2001:10::1 2001:20::1 3fff::1 5f00::1 4000::1 8000::1 ::2 ::1:0:0:0:1 64:ff9b:1::1'
).split(' ');

const NAMES: readonly string[] = (
  'localhost LOCALHOST localhost. Localhost.localdomain a.localhost ip6-localhost loopback broadcasthost intranet ' +
  'printer.local a.b.local. router.lan nas.home db.internal metadata.google.internal metadata.google.internal. ' +
  'METADATA.GOOGLE.INTERNAL metadata metadata.goog instance-data instance-data.ec2.internal kubernetes.default.svc ' +
  'api.default.svc.cluster.local files.corp wiki.intranet key.private 1.0.0.127.in-addr.arpa router.home.arpa ' +
  'ｌｏｃａｌｈｏｓｔ ⓛocalhost loc\u00adalhost local\u200bhost example..com -example.com example-.com a_.-b.com ex%61mple.com ' +
  'example.com:443 user@example.com example.com/ example.com\\a example.com? 1.2.3.4.5 1.2.3 a.1 a.0x7f'
).split(' ');

/** Spellings of hosts that a tool must never touch. */
export const FORBIDDEN_HOSTS: readonly string[] = [
  ...new Set([
    ...['127.0.0.1', '10.0.0.1', '169.254.169.254', '192.168.1.1'].flatMap(disguises),
    ...ADDRESSES,
    ...NAMES,
    '',
    '.',
    '*',
    'two words.example',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(127)}example`,
    'a'.repeat(10_240),
  ]),
];

/** A host as a URL writes it. */
export const inUrl = (host: string): string => (/^[\da-f:.]*:[\da-f:.]*$/i.test(host) ? `[${host}]` : host);
