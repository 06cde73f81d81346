import { appendFileSync, cpSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AGENT_NAMES } from '../../../agents/contracts/index.js';
import { testRun } from '../../../agents/testing/run-context.js';
import { loadPrompts } from './prompt-book.js';
import { byVersion, readPromptFolder } from './prompt-folder.js';
import { openPromptShelf } from './prompt-shelf.js';

describe('the packaged prompts', () => {
  const library = loadPrompts('prompts');

  it('have a released version in production for every agent', () => {
    for (const agent of AGENT_NAMES)
      expect(library.find(agent, library.resolve(agent))).toMatchObject({ name: agent, state: 'released' });
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

  const draft = (version: string, text = 'Judge {{message}}', file = '2.0.0.prompt') =>
    writeFileSync(
      join(dir, 'critic', file),
      `---\nname: critic\nversion: ${version}\ninput: {schema: {message: string}}\n---\n${text}\n`,
    );

  it.each([
    ['changed', () => draft('1.0.0', 'x', '1.0.0.prompt')],
    ['no prompt any more', () => writeFileSync(join(dir, 'critic', '1.0.0.prompt'), 'x')],
    ['gone', () => renameSync(join(dir, 'critic', '1.0.0.prompt'), join(dir, 'critic', 'elsewhere'))],
    ['given examples', () => writeFileSync(join(dir, 'critic', '1.0.0.examples.jsonl'), '{}')],
  ])('names a released file that is %s', (_, change) => {
    change();
    expect(readPromptFolder(dir).changed).toEqual(['critic@1.0.0']);
  });

  it('counts a changed partial as a change of the released versions that use it', () => {
    writeFileSync(join(dir, '_rules.prompt'), 'Be fair.');
    draft('2.0.0', '{{> rules}} {{message}}');
    const { hash } = loadPrompts(dir).find('critic', '2.0.0');
    const { lock } = readPromptFolder(dir);
    writeFileSync(join(dir, 'lock.json'), JSON.stringify({ ...lock, 'critic@2.0.0': hash }));
    expect(loadPrompts(dir).changed).toEqual([]);
    appendFileSync(join(dir, '_rules.prompt'), ' Be quick.');
    expect(loadPrompts(dir).changed).toEqual(['critic@2.0.0']);
  });

  it('may hold a draft, which is rendered where a run names it', () => {
    draft('2.0.0');
    const library = loadPrompts(dir);
    expect(library.changed).toEqual([]);
    expect(library.find('critic', '2.0.0').state).toBe('draft');
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
    for (const wanted of ['9.9.9', 'constructor', '__proto__'])
      expect(() => loadPrompts('prompts').resolve('critic', wanted)).toThrow(/PROMPT_NOT_FOUND/);
  });

  it('orders versions by precedence', () => {
    const ordered = ['1.0.0-alpha', '1.0.0-rc.2', '1.0.0-rc.10', '1.0.0', '1.9.0', '1.10.0', '2.0.0'];
    const shuffled = [...ordered].reverse().map((version) => ({ version }));
    expect(shuffled.sort(byVersion).map(({ version }) => version)).toEqual(ordered);
  });

  describe('on the shelf', () => {
    const open = (reload: boolean) => {
      const warnings: unknown[] = [];
      const warn = (_: string, error?: unknown) => void warnings.push(error);
      return { shelf: openPromptShelf({ dir, reload, warn }), warnings };
    };

    it('stays as it was loaded', () => {
      const { shelf } = open(false);
      draft('2.0.0');
      expect(() => shelf.read().find('critic', '2.0.0')).toThrow(/PROMPT_NOT_FOUND/);
    });

    it('is read again while prompts are worked on, and keeps the last good files', () => {
      const { shelf, warnings } = open(true);
      draft('2.0.0');
      expect(shelf.read().find('critic', '2.0.0').state).toBe('draft');
      draft('2.0.0', 'Judge {{mesage}}');
      expect(shelf.read().find('critic', '2.0.0').text).toContain('{{message}}');
      expect(shelf.read().find('critic', '2.0.0').text).toContain('{{message}}');
      expect(warnings.map(String)).toEqual([expect.stringContaining('{{mesage}} is not declared')]);
      draft('2.0.0', 'Weigh {{message}} well');
      expect(shelf.read().find('critic', '2.0.0').text).toContain('Weigh');
      appendFileSync(join(dir, 'critic', '1.0.0.prompt'), 'more');
      expect(shelf.read().changed).toEqual([]);
      expect(warnings.map(String).at(-1)).toContain('Released prompts were changed: critic@1.0.0');
    });

    it('is refused where a released file was changed', () => {
      appendFileSync(join(dir, 'critic', '1.0.0.prompt'), 'more');
      for (const reload of [false, true]) expect(() => open(reload)).toThrow(/PROMPT_INVALID.*critic@1.0.0/);
    });
  });
});
