import { createHash, randomBytes } from 'node:crypto';

/** A new API key: 256 random bits, prefixed so that secret scanners and people recognise it. Shown once. */
export function generateApiKey(): string {
  return `triagent_${randomBytes(32).toString('base64url')}`;
}

/** What the configuration holds of a key: `sha256:` and 64 hex digits. A fast hash is enough for 256 random bits. */
export function hashApiKey(key: string): string {
  return `sha256:${createHash('sha256').update(key, 'utf8').digest('hex')}`;
}
