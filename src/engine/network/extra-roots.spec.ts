import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { readExtraRoots } from './extra-roots.js';
import { issue } from './testing/certificates.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'triagent-roots-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const reading = (text: string) => {
  const path = join(folder, 'roots.pem');
  writeFileSync(path, text);
  return () => readExtraRoots(path);
};
const refused = (message: string) =>
  expect.objectContaining({
    code: 'CONFIG_INVALID',
    errors: [{ pointer: '/tools/extraRoots', message: expect.stringContaining(message) }],
  });

it('reads every certificate of the file, whatever stands between them', () => {
  const [one, two] = ['One', 'Two'].map((name) => issue({ name, authority: true }).pem.trim());
  expect(reading(`subject: One\n${one}\n\n# the other\n${two}\n`)()).toEqual([one, two]);
  expect(readExtraRoots(undefined)).toEqual([]);
});

it('refuses a file that is missing, empty or broken, before anything starts', () => {
  expect(() => readExtraRoots(join(folder, 'absent.pem'))).toThrow(refused('cannot be read'));
  expect(reading('')).toThrow(refused('without a certificate'));
  expect(reading('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')).toThrow(
    refused('a certificate that cannot be read'),
  );
});
