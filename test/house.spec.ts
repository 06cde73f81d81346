import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A violation of each rule: where it is planted, what it says, and the name of the rule that must fire there. */
const IMPORT_VIOLATIONS: readonly (readonly [file: string, code: string, rule: string])[] = [
  ['agents/a-host.ts', `import '../src/host/a-feature.js';`, '1-agents-know-only-themselves'],
  ['agents/a-nest.ts', `import '@nestjs/common';`, '1-agents-know-only-themselves'],
  ['agents/a-disk.ts', `import 'node:fs';`, '1-agents-touch-no-built-in'],
  ['src/engine/an-engine.ts', `import '@nestjs/common';`, '2-engine-knows-no-host'],
  ['src/engine/a-backdoor.ts', `import '../host/a-feature.js';`, '2-engine-knows-no-host'],
  ['src/host/a-shortcut.ts', `import '../engine/storage/an-adapter.js';`, '3-host-enters-by-the-door'],
  ['src/host/a-graph.ts', `import '@langchain/core/messages';`, '3-host-enters-by-the-door'],
  [
    'src/cli/a-shortcut.ts',
    `import '../engine/storage/an-adapter.js';`,
    '3-command-line-enters-by-the-doors',
  ],
  ['evals/a-shortcut.ts', `import '../src/engine/storage/an-adapter.js';`, '4-evals-enter-by-the-doors'],
  ['src/cli/an-eval.ts', `import '../../evals/a-suite.js';`, '4-evals-are-entered-by-the-door'],
  ['src/engine/an-eval.ts', `import '../../evals/index.js';`, '4-evals-serve-host-and-command-line'],
  ['evals/statistics/a-test.ts', `import 'zod';`, '4-statistics-import-nothing'],
  ['web/a-page.ts', `import '../src/host/a-feature.js';`, '4-web-imports-contracts-only'],
  ['agents/contracts/a-contract.ts', `import '../ports.js';`, '5-contracts-come-first'],
  ['agents/state.ts', `import './critic/a-critic.js';`, '5-ports-name-no-agent'],
  ['agents/resolver/a-friend.ts', `import '../critic/a-critic.js';`, '5-agents-meet-in-the-state'],
  ['agents/critic/a-loop.ts', `import '../support-graph.js';`, '5-the-graph-comes-last'],
  ['src/config/a-cycle.ts', `import './another-cycle.js';`, '6-no-cycles'],
  ['src/engine/knowledge/a-socket.ts', `import 'node:net';`, '7-only-owners-open-sockets'],
];

/** What the violations above point at: correct files of their own. */
const NEIGHBOURS: Readonly<Record<string, string>> = {
  'src/host/a-feature.ts': 'export const feature = 1;',
  'src/engine/storage/an-adapter.ts': 'export const adapter = 1;',
  'src/config/another-cycle.ts': `import './a-cycle.js';`,
  'evals/index.ts': 'export const door = 1;',
  'evals/a-suite.ts': 'export const suite = 1;',
  'agents/ports.ts': 'export const port = 1;',
  'agents/support-graph.ts': 'export const graph = 1;',
  'agents/critic/a-critic.ts': 'export const critic = 1;',
};

const NAME_VIOLATIONS: readonly (readonly [file: string, code: string, rule: string])[] = [
  ['agents/a-process.ts', `export const home = process.cwd();`, 'no-restricted-globals'],
  ['agents/a-console.ts', `export const say = () => console.log('x');`, 'no-restricted-globals'],
  ['agents/an-environment.ts', `export const key = process.env.KEY;`, 'no-restricted-properties'],
  ['src/engine/an-environment.ts', `export const key = process.env.KEY;`, 'no-restricted-properties'],
  ['src/cli/an-environment.ts', `export const key = process.env.KEY;`, 'no-restricted-properties'],
  ['src/engine/knowledge/a-clock.ts', `export const now = () => Date.now();`, 'no-restricted-properties'],
  ['src/host/threads/a-clock.ts', `export const now = () => performance.now();`, 'no-restricted-properties'],
  ['src/engine/runs/a-die.ts', `export const roll = () => Math.random();`, 'no-restricted-properties'],
  ['src/engine/knowledge/a-timer.ts', `setTimeout(() => undefined, 1);`, 'no-restricted-globals'],
  [
    'src/engine/runs/a-request.ts',
    `export const page = fetch('http://127.0.0.1/');`,
    'no-restricted-globals',
  ],
  ['src/host/a-request.ts', `export const page = fetch('http://127.0.0.1/');`, 'no-restricted-globals'],
  [
    'src/host/a-knot.ts',
    `import { forwardRef } from '@nestjs/common';\nexport const knot = forwardRef;`,
    'no-restricted-imports',
  ],
  [
    'src/host/a-global.ts',
    `import { Global } from '@nestjs/common';\nexport const all = Global;`,
    'no-restricted-imports',
  ],
  ['src/host/a-console.ts', `console.log('x');`, 'no-console'],
  ['src/engine/an-any.ts', `export const loose = (value: any): unknown => value;`, 'no-explicit-any'],
  [
    'src/engine/a-bang.ts',
    `export const first = (list: string[]): string => list[0]!;`,
    'no-non-null-assertion',
  ],
  ['src/engine/a-loose-end.ts', `async function work(): Promise<void> {}\nwork();`, 'no-floating-promises'],
  ['src/engine/a-default.ts', `export default 1;`, 'no-default-export'],
  ['src/engine/a-novel.ts', 'export {};\n'.repeat(401), 'max-lines'],
];

/** The same words in a room that owns them. */
const NAMES_AT_HOME: Readonly<Record<string, string>> = {
  'src/engine/runs/a-clock.ts': 'export const now = (): number => Date.now();',
  'src/config/environment.ts': 'export const key = process.env.KEY;',
  'src/cli/http-client.ts': `export const page = fetch('http://127.0.0.1/');`,
};

let planted: string;
beforeAll(() => {
  planted = mkdtempSync(join(tmpdir(), 'triagent-house-'));
  for (const file of ['.dependency-cruiser.cjs', '.oxlintrc.json', 'tsconfig.json', 'package.json']) {
    cpSync(join(ROOT, file), join(planted, file));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(planted, 'node_modules'));
});
afterAll(() => rmSync(planted, { recursive: true, force: true }));

function plant(folder: string, files: readonly (readonly [string, string, ...unknown[]])[]): string {
  for (const [file, code] of files) {
    const path = join(planted, folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${code}\n`);
  }
  return join(planted, folder);
}

const run = (cwd: string, tool: string, args: readonly string[]) =>
  spawnSync(process.execPath, [join(ROOT, 'node_modules', tool), ...args], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });

const cruiseReport = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

/** `file rule` for each violation. */
function cruise(cwd: string, rooms: readonly string[]): readonly string[] {
  const { stdout, stderr } = run(cwd, 'dependency-cruiser/bin/dependency-cruise.mjs', [
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
    ...rooms,
  ]);
  if (stdout === '') throw new Error(stderr);
  return cruiseReport
    .parse(JSON.parse(stdout))
    .summary.violations.map(({ from, rule }) => `${from} ${rule.name}`);
}

const lintReport = z.object({ diagnostics: z.array(z.object({ code: z.string(), filename: z.string() })) });

/** `file rule` for each violation. */
function lint(cwd: string, files: readonly string[]): readonly string[] {
  const { stdout, stderr } = run(cwd, 'oxlint/bin/oxlint', ['--type-aware', '-f', 'json', ...files]);
  if (stdout === '') throw new Error(stderr);
  return lintReport
    .parse(JSON.parse(stdout))
    .diagnostics.map(({ code, filename }) => `${filename} ${code.replace(/^.*\((.*)\)$/, '$1')}`);
}

describe('direction rules', () => {
  let found: readonly string[];
  beforeAll(() => {
    plant('.', [...IMPORT_VIOLATIONS, ...Object.entries(NEIGHBOURS)]);
    found = cruise(planted, ['agents', 'src', 'evals', 'web']);
  });

  it.each(IMPORT_VIOLATIONS)('%s is seen', (file, _code, rule) => expect(found).toContain(`${file} ${rule}`));

  it('every rule has a planted violation, and no other rule fires', () => {
    const rules = [
      ...readFileSync(join(ROOT, '.dependency-cruiser.cjs'), 'utf8').matchAll(/name: '(\d-[\w-]+)'/g),
    ];
    expect(new Set(IMPORT_VIOLATIONS.map(([, , rule]) => rule))).toEqual(
      new Set(rules.map(([, name]) => name)),
    );
    const expected = new Set(IMPORT_VIOLATIONS.map(([file, , rule]) => `${file} ${rule}`));
    const cycleBack = 'src/config/another-cycle.ts 6-no-cycles';
    expect(found.filter((line) => !expected.has(line) && line !== cycleBack)).toEqual([]);
  });

  it('the house itself keeps them', () => expect(cruise(ROOT, ['agents', 'src', 'evals'])).toEqual([]));
});

describe('name rules', () => {
  let found: readonly string[];
  beforeAll(() => {
    const files = [...NAME_VIOLATIONS, ...Object.entries(NAMES_AT_HOME)];
    plant('.', files);
    found = lint(
      planted,
      files.map(([file]) => file),
    );
  });

  it.each(NAME_VIOLATIONS)('%s is seen', (file, _code, rule) => expect(found).toContain(`${file} ${rule}`));

  it('they are quiet in the rooms that own the names', () => {
    expect(
      found.filter((line) => Object.keys(NAMES_AT_HOME).some((file) => line.startsWith(`${file} `))),
    ).toEqual([]);
  });
});

describe('documents', () => {
  const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

  it('docs/architecture.md names only rooms that exist', () => {
    const rooms = [
      ...read('docs/architecture.md').matchAll(
        /`((?:agents|src|prompts|samples|test|evals|web)\/[\w./-]*)`/g,
      ),
    ];
    expect(rooms.length).toBeGreaterThan(15);
    expect(rooms.map(([, room = '']) => room).filter((room) => !existsSync(join(ROOT, room)))).toEqual([]);
  });

  it('docs/architecture.md names every room', () => {
    const map = read('docs/architecture.md');
    const rooms = ['src', 'src/engine'].flatMap((parent) =>
      readdirSync(join(ROOT, parent), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => `${parent}/${entry.name}/`),
    );
    expect(rooms.filter((room) => !map.includes(`\`${room}\``))).toEqual([]);
  });

  it('docs/dependencies.md gives each dependency its reason', () => {
    const { dependencies, devDependencies } = z
      .object({
        dependencies: z.record(z.string(), z.string()),
        devDependencies: z.record(z.string(), z.string()),
      })
      .parse(JSON.parse(read('package.json')));
    const reasons = read('docs/dependencies.md');
    const missing = Object.keys({ ...dependencies, ...devDependencies }).filter(
      (name) => !reasons.includes(`\`${name}\``),
    );
    expect(missing).toEqual([]);
  });

  it('decisions are numbered without gaps', () => {
    const numbers = readdirSync(join(ROOT, 'docs/decisions')).map((file) => Number(file.slice(0, 4)));
    expect(numbers.sort((a, b) => a - b)).toEqual(numbers.map((_, index) => index));
  });
});
