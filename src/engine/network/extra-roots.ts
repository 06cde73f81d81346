import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fault } from '../../../agents/contracts/index.js';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

const refusal = (message: string, cause?: unknown) =>
  fault('CONFIG_INVALID', {
    detail: `\`tools.extraRoots\` ${message}.`,
    errors: [{ pointer: '/tools/extraRoots', message }],
    cause,
  });

/**
 * The certificates of an own authority, each as PEM; none without a file.
 *
 * @throws `CONFIG_INVALID` where the file cannot be read or holds anything but readable certificates
 */
export function readExtraRoots(path: string | undefined): readonly string[] {
  if (path === undefined) return [];
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw refusal('names a file that cannot be read', error);
  }
  const certificates = text.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) throw refusal('names a file without a certificate');
  for (const pem of certificates) {
    try {
      new X509Certificate(pem);
    } catch (error) {
      throw refusal('names a file with a certificate that cannot be read', error);
    }
  }
  return certificates;
}
