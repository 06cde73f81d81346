import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';
import { z } from 'zod';

/** The command line as its users run it: the built program in a process of its own (`npm test` builds first). */
const PROGRAM = fileURLToPath(new URL('../bin/triagent.mjs', import.meta.url));

export type Environment = Readonly<Record<string, string>>;

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of its own in which commands run; `close` ends what still runs and removes it. */
export function createCliFixture(cwd?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'triagent-cli-'));
  const children = new Set<ChildProcess>();

  function start(args: readonly string[], env: Environment = {}, input = '') {
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      cwd: cwd ?? folder,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.on('error', () => {}).end(input);
    children.add(child);
    const said = { stdout: '', stderr: '' };
    const listeners = new Set<() => void>();
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        said[stream] += text;
        for (const listener of listeners) listener();
      });
    }
    const ended = new Promise<Ran>((resolve) => {
      child.once('close', (code) => {
        children.delete(child);
        resolve({ code, ...said });
      });
    });
    /** Resolves as soon as the stream has said it. */
    const says = (stream: keyof typeof said, words: RegExp) =>
      new Promise<string>((resolve, reject) => {
        const look = () => words.test(said[stream]) && resolve(said[stream]);
        listeners.add(look);
        look();
        void ended.then(({ stderr }) => reject(new Error(`ended without saying ${words}: ${stderr}`)));
      });
    return { child, ended, says };
  }

  return {
    folder,
    start,
    triagent: (args: readonly string[], env?: Environment, input?: string) => start(args, env, input).ended,
    /** Writes a file below the folder and gives its path. */
    file(name: string, text: string): string {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      return path;
    },
    /** Starts a host on a free port; resolves with the line that ends its start. */
    async serve(data: string, env?: Environment) {
      const host = start(['serve', '--port', '0', '--data', data], env);
      const line = await host.says('stdout', /\n/);
      return { ...host, line, url: /http:\S+/.exec(line)?.[0] ?? '' };
    },
    close() {
      for (const child of children) child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Stdout of a `--json` command: exactly one line. */
export function machine<T>(schema: z.ZodType<T>, { stdout }: Ran): T {
  expect(stdout.trimEnd()).not.toContain('\n');
  return schema.parse(JSON.parse(stdout));
}

export const failureShape = z.object({
  error: z.object({ code: z.string(), detail: z.string(), kept: z.string(), next: z.string() }),
});

export const stateShape = z.looseObject({
  threadId: z.string(),
  messages: z.array(z.object({ type: z.string(), content: z.string() })),
  answer: z.object({ text: z.string() }).nullish(),
  evidence: z.array(z.object({ id: z.string(), title: z.string(), source: z.string() })),
});
