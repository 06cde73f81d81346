import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** DER by hand: exact dates and chains without a tool on the machine. X.690 for the bytes, RFC 5280 for the shape. */
const der = (tag: number, ...content: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  const { length } = body;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
};
const sequence = (...parts: readonly Buffer[]) => der(0x30, ...parts);
const integer = (value: number) => der(0x02, Buffer.from([value]));
const bits = (content: Buffer) => der(0x03, Buffer.from([0]), content);
const oid = (...bytes: number[]) => der(0x06, Buffer.from(bytes));
const time = (date: Date) => der(0x18, Buffer.from(`${date.toISOString().replaceAll(/[-:T]|\.\d+/g, '')}`));

const COMMON_NAME = oid(0x55, 0x04, 0x03);
const BASIC_CONSTRAINTS = oid(0x55, 0x1d, 0x13);
const SUBJECT_ALT_NAME = oid(0x55, 0x1d, 0x11);
const ECDSA_SHA256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));

const nameOf = (name: string) => sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(name)))));
const extension = (id: Buffer, value: Buffer) => sequence(id, der(0x04, value));

export interface Issued {
  readonly name: string;
  readonly pem: string;
  readonly key: KeyObject;
}

export interface CertificateWish {
  readonly name: string;
  /** Without one the certificate signs itself. */
  readonly issuer?: Issued;
  readonly authority?: boolean;
  readonly dnsNames?: readonly string[];
  readonly from?: Date;
  readonly to?: Date;
}

const DAY_MS = 86_400_000;
export const daysFromNow = (days: number) => new Date(Date.now() + days * DAY_MS);

/** Issues a P-256 certificate, by default valid from yesterday for 90 days. */
export function issue(wish: CertificateWish): Issued {
  const {
    name,
    issuer,
    authority = false,
    dnsNames = [],
    from = daysFromNow(-1),
    to = daysFromNow(90),
  } = wish;
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const extensions = [
    ...(authority ? [extension(BASIC_CONSTRAINTS, sequence(der(0x01, Buffer.from([255]))))] : []),
    ...(dnsNames.length > 0
      ? [extension(SUBJECT_ALT_NAME, sequence(...dnsNames.map((dns) => der(0x82, Buffer.from(dns)))))]
      : []),
  ];
  const body = sequence(
    der(0xa0, integer(2)),
    integer(1 + Math.floor(Math.random() * 126)),
    ECDSA_SHA256,
    nameOf(issuer?.name ?? name),
    sequence(time(from), time(to)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length > 0 ? [der(0xa3, sequence(...extensions))] : []),
  );
  const signature = sign('sha256', body, issuer?.key ?? privateKey);
  const base64 = sequence(body, ECDSA_SHA256, bits(signature)).toString('base64');
  const pem = `-----BEGIN CERTIFICATE-----\n${base64.replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
  return { name, pem, key: privateKey };
}
