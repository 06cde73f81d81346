import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AGENT_NAMES } from '../../../agents/contracts/index.js';
import { testRun } from '../../../agents/testing/run-context.js';
import { loadPrompts } from './prompt-book.js';

describe('the packaged prompts', () => {
  const library = loadPrompts('prompts');

  it('have a released version in production for every agent', () => {
    for (const agent of AGENT_NAMES) expect(library.released).toContain(`${agent}@${library.resolve(agent)}`);
  });

  it('are as they were released', () => {
    expect(library.changed).toEqual([]);
  });
});

describe('a prompt folder', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'triagent-prompts-'));
    cpSync('prompts', dir, { recursive: true });
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const draft = (version: string) =>
    writeFileSync(
      join(dir, 'critic', '2.0.0.prompt'),
      `---\nname: critic\nversion: ${version}\ninput: {schema: {message: string}}\n---\nJudge {{message}}\n`,
    );

  it('names a released file that was changed', () => {
    writeFileSync(
      join(dir, 'critic', '1.0.0.prompt'),
      '---\nname: critic\nversion: 1.0.0\ninput: {schema: {}}\n---\nx\n',
    );
    expect(loadPrompts(dir).changed).toEqual(['critic@1.0.0']);
  });

  it('may hold a draft, which is rendered where a run names it', () => {
    draft('2.0.0');
    const library = loadPrompts(dir);
    expect(library.changed).toEqual([]);
    const run = testRun({ prompts: { ...testRun().prompts, critic: library.resolve('critic', '2.0.0') } });
    expect(library.render('critic', { message: 'this' }, run).messages).toEqual([
      { role: 'user', text: 'Judge this' },
    ]);
  });

  it('knows which variables the version of a run takes', () => {
    const library = loadPrompts('prompts');
    const run = (critic: string) => testRun({ prompts: { ...testRun().prompts, critic } });
    expect(library.takes('critic', 'claims.title', run('1.1.0'))).toBe(true);
    expect(library.takes('critic', 'claims.title', run('1.0.0'))).toBe(false);
    expect(library.takes('critic', 'message', run('1.0.0'))).toBe(true);
  });

  it('refuses a file that calls itself something else and a version that does not exist', () => {
    draft('3.0.0');
    expect(() => loadPrompts(dir)).toThrow(/PROMPT_INVALID.*critic@3.0.0/);
    expect(() => loadPrompts('prompts').resolve('critic', '9.9.9')).toThrow(/PROMPT_NOT_FOUND/);
  });
});
