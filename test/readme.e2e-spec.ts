import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createCliFixture } from './cli-fixture.js';

/** What the README tells a newcomer to type is typed here: against one host, in the checkout. */
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const { folder, triagent, serve, close } = createCliFixture(ROOT);
afterAll(close);

const blocks = [...README.matchAll(/^```(?:sh|bash|console)\n([\s\S]*?)^```/gm)].map(
  ([, block = '']) => block,
);
const commands = blocks
  .flatMap((block) => block.split('\n'))
  .map((line) =>
    line
      .replace(/^\$ /, '')
      .replace(/\s+#.*$/, '')
      .trim(),
  )
  .filter((line) => /^(npm|npx) /.test(line));

/** Words of a simple shell line; single and double quotes hold spaces. */
const words = (line: string) =>
  [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );

describe('README', () => {
  it('shows the two commands of a first start', () => {
    expect(commands.flatMap((line) => line.split(' && '))).toEqual(
      expect.arrayContaining(['npm ci', 'npm start']),
    );
  });

  it('names only scripts that exist', () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
    const named = [...README.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  const calls = commands.filter(
    (line) => line.startsWith('npx triagent ') && !line.startsWith('npx triagent serve'),
  );

  it('every triagent command works as it stands', async () => {
    const host = await serve(join(folder, 'served'));
    const env = { TRIAGENT_DATA_DIR: join(folder, 'own') };
    const failed: string[] = [];
    for (const line of calls) {
      const args = words(line.replaceAll(/http:\/\/(127\.0\.0\.1|localhost):3000/g, host.url)).slice(2);
      const { code, stderr } = await triagent(args, env);
      if (code !== 0) failed.push(`${line}: ${code} ${stderr}`);
    }
    expect(calls.length).toBeGreaterThan(0);
    expect(failed).toEqual([]);
  }, 120_000);
});
