import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadPrompts } from './prompt-book.js';
import {
  draftVersion,
  labelVersion,
  parseReference,
  readPromptFolder,
  releaseVersion,
} from './prompt-files.js';

describe('prompt files', () => {
  let root: string;
  let dir: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'triagent-prompt-files-'));
    dir = join(root, 'prompts');
    cpSync('prompts', dir, { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** A draft that says what is new. */
  const draft = (version: string) => {
    const path = draftVersion(dir, 'critic', version);
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(/triagent\.changelog: .*/, 'triagent.changelog: New.'),
    );
    return path;
  };

  it('go from draft to release to label', () => {
    const path = draft('2.0.0');
    appendFileSync(path, 'Think twice.\n');
    expect(loadPrompts(dir).find('critic', '2.0.0').state).toBe('draft');
    releaseVersion(dir, 'critic', '2.0.0');
    expect(loadPrompts(dir).find('critic', '2.0.0').state).toBe('released');
    labelVersion(dir, 'critic', '2.0.0', 'canary');
    labelVersion(dir, 'critic', '2.0.0', 'production');
    const library = loadPrompts(dir);
    expect([library.resolve('critic'), library.resolve('critic', 'canary')]).toEqual(['2.0.0', '2.0.0']);
    expect(library.changed).toEqual([]);
    appendFileSync(path, 'Think thrice.\n');
    expect(readPromptFolder(dir).changed).toEqual(['critic@2.0.0']);
  });

  it('a draft differs from the newest version in its name and its word on what is new alone', () => {
    for (const name of ['triage', 'retriever', 'diagnostics', 'resolver', 'critic'] as const) {
      draftVersion(dir, name, '9.0.0');
      const library = loadPrompts(dir);
      const newest = library.versions.filter((known) => known.name === name).at(-2);
      const told = (text = '') =>
        text.split('\n').filter((line) => !/^(version|triagent\.changelog):/.test(line));
      expect(told(library.find(name, '9.0.0').text)).toEqual(told(newest?.text));
    }
  });

  it('a draft has the examples of the version that it comes from', () => {
    const text = readFileSync(join(dir, 'critic', '1.1.0.prompt'), 'utf8');
    const taught = text
      .replace('1.1.0', '1.2.0')
      .replace('    message: string', '    message: string\n    examples(array): string');
    writeFileSync(join(dir, 'critic', '1.2.0.prompt'), `${taught}{{#each examples}}{{this}}{{/each}}`);
    writeFileSync(join(dir, 'critic', '1.2.0.examples.jsonl'), '"one"\n"two"\n');
    draftVersion(dir, 'critic', '1.3.0');
    expect(loadPrompts(dir).find('critic', '1.3.0')).toMatchObject({ state: 'draft', examples: 2 });
  });

  it.each([
    [
      'a draft is not labelled',
      () => labelVersion(dir, 'critic', '2.0.0', 'canary'),
      /VALIDATION_FAILED.*draft/,
    ],
    ['nor what does not exist', () => labelVersion(dir, 'critic', '9.9.9', 'canary'), /VALIDATION_FAILED/],
    ['a release is not released again', () => releaseVersion(dir, 'critic', '1.0.0'), /CONFLICT/],
    ['nothing comes from nothing', () => releaseVersion(dir, 'critic', '9.9.9'), /PROMPT_NOT_FOUND/],
    ['nothing is overwritten', () => draftVersion(dir, 'critic', '1.0.0'), /CONFLICT/],
    ['a version is a version', () => draftVersion(dir, 'critic', '../../x'), /USAGE/],
  ])('%s', (_, act, why) => {
    draft('2.0.0');
    const before = readPromptFolder(dir);
    expect(act).toThrow(why);
    const after = readPromptFolder(dir);
    expect([after.labels, after.lock]).toEqual([before.labels, before.lock]);
  });

  it('a version that does not say what is new is not released', () => {
    draftVersion(dir, 'critic', '2.0.0');
    expect(() => releaseVersion(dir, 'critic', '2.0.0')).toThrow(/PROMPT_INVALID.*what is new/);
  });

  it('a label that points to a draft makes the folder unusable', () => {
    draft('2.0.0');
    const labels = readPromptFolder(dir).labels;
    writeFileSync(
      join(dir, 'labels.json'),
      JSON.stringify({ ...labels, critic: { production: '2.0.0', canary: '9.9.9' } }),
    );
    expect(readPromptFolder(dir).problems.map(({ detail }) => detail)).toEqual([
      'labels.json: production points to critic@2.0.0, which is a draft.',
      'labels.json: canary points to critic@9.9.9, which does not exist.',
    ]);
    expect(() => loadPrompts(dir)).toThrow(/PROMPT_INVALID/);
  });

  it('of an installed package stay as they are', () => {
    const installed = join(root, 'node_modules', 'triagent', 'prompts');
    mkdirSync(installed, { recursive: true });
    cpSync('prompts', installed, { recursive: true });
    expect(() => draftVersion(installed, 'critic', '2.0.0')).toThrow(/PROMPTS_READONLY/);
    expect(() => labelVersion(installed, 'critic', '1.0.0', 'production')).toThrow(/PROMPTS_READONLY/);
    expect(readPromptFolder(installed).versions).toHaveLength(readPromptFolder('prompts').versions.length);
  });

  it('are named by agent and version or label', () => {
    expect(parseReference('critic@1.0.0')).toEqual({ name: 'critic', wanted: '1.0.0' });
    for (const wrong of ['critic', 'critic@', 'nobody@1.0.0', 'critic@1@2', '@'])
      expect(() => parseReference(wrong)).toThrow(/USAGE/);
  });
});
