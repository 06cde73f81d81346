import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { caseSchema, type EvalCase } from '../case.js';
import type { Outcome } from '../outcome.contract.js';
import { commaValues } from './comma-values.js';
import { editDistance } from './edit-distance.js';
import { embeddedObjects } from './embedded-objects.js';
import { grade } from './grade.js';
import { bleu, rouge } from './overlap.checks.js';
import { treebankTokens } from './treebank.js';

const testOf = (parts: object): EvalCase => ({ ...caseSchema.parse(parts), id: 'one' });
const outcomeOf = (output: unknown, parts: Partial<Outcome> = {}): Outcome => ({
  output,
  costUsd: 0.01,
  latencyMs: 40,
  ...parts,
});
const STEPS = [
  { tool: 'dns.lookup', args: { target: 'vpn.example', type: 'A', trace: 1 } },
  { tool: 'tls.inspect', args: { target: 'vpn.example' } },
];

type Row = readonly [type: string, parts: object, output: unknown, pass: boolean, score?: number];

const ROWS: readonly Row[] = [
  ['equals', { value: 'yes' }, 'yes', true],
  ['equals', { value: 5 }, '5', true],
  ['equals', { value: { b: 1, a: [2] } }, '{"a":[2],"b":1}', true],
  ['not-equals', { value: { a: 1 } }, 'no JSON', true],
  ['contains', { value: 'Port' }, 'port 443', false],
  ['contains', { value: 443 }, 'port 443', true],
  ['icontains', { value: 'PORT' }, 'port 443', true],
  ['contains-all', { value: ['a', 'b'] }, 'a only', false],
  ['not-contains-all', { value: ['a', 'b'] }, 'a only', true],
  ['contains-any', { value: 'x, "a, b"' }, 'has a, b in it', true],
  ['icontains-all', { value: ['A', 'B'] }, 'ab', true],
  ['not-icontains-any', { value: 'Q,Z' }, 'ab', true],
  ['regex', { value: String.raw`^\d+$` }, '12', true],
  ['not-regex', { value: '(' }, 'anything', false],
  ['starts-with', { value: 'ab' }, 'abc', true],
  ['levenshtein', { value: 'kitten' }, 'sitting', true],
  ['levenshtein', { value: 'kitten', threshold: 2 }, 'sitting', false],
  ['is-json', {}, '[1]', true],
  ['is-json', { value: { type: 'object', required: ['a'] } }, '{"b":1}', false],
  ['not-is-json', { value: { type: 'object', required: ['a'] } }, '{"b":1}', true],
  ['is-json', { value: 'type: object\nrequired: [a]' }, { a: 1 }, true],
  ['contains-json', {}, 'so: {"a": {"b": 1}} there', true],
  ['contains-json', { value: { required: ['z'] } }, '{"a":1} {"z":2}', true],
  ['not-contains-json', {}, 'none', true],
  ['rouge-n', { value: 'the cat sat' }, 'the cat sat', true, 1],
  ['not-bleu', { value: 'the cat sat on it' }, 'the cat sat on it', false, 0],
  ['cost', { threshold: 0.01 }, '', true],
  ['not-cost', { threshold: 0.02 }, '', false],
  ['latency', { threshold: 39 }, '', false],
  ['trajectory:tool-used', { value: ['dns.*', 'TLS.inspect'] }, '', true],
  ['not-trajectory:tool-used', { value: ['dns.*', 'mail.*'] }, '', false],
  ['trajectory:tool-used', { value: { name: 'dns.lookup', max: 0, min: 0 } }, '', false],
  ['trajectory:tool-sequence', { value: ['tls.inspect', 'dns.lookup'] }, '', false],
  ['trajectory:tool-sequence', { value: { mode: 'exact', steps: ['dns.lookup', 'tls.*'] } }, '', true],
  [
    'trajectory:tool-args-match',
    {
      value: {
        name: 'dns.lookup',
        args: { target: 'vpn.example' },
        mode: 'exact',
        ignore: 'tr*',
        defaults: { type: 'A' },
      },
    },
    '',
    true,
  ],
  ['trajectory:tool-args-match', { value: { name: 'dns.lookup', args: { target: 'other' } } }, '', false],
  ['trajectory:step-count', { value: { max: 1 } }, '', false],
  ['trajectory:step-count', { value: { type: 'search', max: 0 } }, '', true],
];

describe('assertions', () => {
  it.each(ROWS)('%s %j of %j', async (type, parts, output, pass, score = Number(pass)) => {
    const graded = await grade(testOf({ assert: [{ type, ...parts }] }), outcomeOf(output, { steps: STEPS }));
    expect(graded).toMatchObject({ pass, score });
  });

  it('lets an assertion of weight 0 pass, without a part in the score', async () => {
    const test = testOf({
      assert: [
        { type: 'equals', value: 'other', weight: 0 },
        { type: 'contains', value: 'a', weight: 3 },
        { type: 'contains', value: 'z', weight: 1 },
      ],
      threshold: 0.75,
    });
    const graded = await grade(test, outcomeOf('a'));
    expect(graded).toMatchObject({ pass: true, score: 0.75 });
    expect(graded.assertions.map(({ pass, score }) => [pass, score])).toEqual([
      [true, 0],
      [true, 1],
      [false, 0],
    ]);
  });

  it('takes a set as one assertion, told before its members', async () => {
    const set = {
      type: 'assert-set',
      threshold: 0.5,
      weight: 2,
      metric: 'half',
      assert: [
        { type: 'contains', value: 'a' },
        { type: 'contains', value: 'z' },
      ],
    };
    const graded = await grade(testOf({ assert: [set, { type: 'contains', value: 'a' }] }), outcomeOf('a'));
    expect(graded.assertions.map(({ type }) => type)).toEqual([
      'assert-set',
      'contains',
      'contains',
      'contains',
    ]);
    expect(graded).toMatchObject({ pass: true, score: 2 / 3, metrics: { half: 0.5 } });
  });

  it('fills variables into texts and lists, never into schemas', async () => {
    const vars = { name: 'vpn', deep: { er: 'tls' } };
    const assert = [{ type: 'contains-all', value: ['{{name}}', '{{ deep.er }}'] }];
    expect((await grade(testOf({ vars, assert }), outcomeOf('tls over vpn'))).pass).toBe(true);
  });

  it.each([
    [{ type: 'contains', value: '' }],
    [{ type: 'is-json', value: { type: 'object', unheard: 1 } }],
    [{ type: 'cost' }],
    [{ type: 'contains', value: '{{ name | upper }}' }],
    [{ type: 'llm-rubric', value: 'is polite' }],
  ])('fails the whole case where %j cannot be scored', async (bad) => {
    const graded = await grade(
      testOf({ assert: [{ type: 'contains', value: 'a' }, bad] }),
      outcomeOf('{"a":1}'),
    );
    expect(graded).toMatchObject({ pass: false, score: 0 });
  });

  it('asks the judge for a rubric', async () => {
    const test = testOf({ assert: [{ type: 'not-llm-rubric', value: 'is rude' }] });
    const judge = async (rubric: string) => ({ holds: rubric === 'is rude', score: 0.9, reason: 'harsh' });
    const graded = await grade(test, outcomeOf('go away'), judge);
    expect(graded.pass).toBe(false);
    expect(graded.score).toBeCloseTo(0.1);
  });
});

describe('the parts of assertions', () => {
  const words = fc.array(fc.constantFrom('a', 'b', 'the', 'cat', "can't", '.'), {
    minLength: 1,
    maxLength: 12,
  });

  it('measures a distance', () => {
    const text = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        expect(editDistance(a, a)).toBe(0);
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
    );
  });

  it('overlaps wholly with itself and never beyond', () => {
    fc.assert(
      fc.property(words, words, (one, other) => {
        const [a, b] = [one.join(' '), other.join(' ')];
        expect(rouge(a, a)).toBe(1);
        expect(bleu(a, [b, a])).toBeCloseTo(1);
        expect(rouge(a, b)).toBeLessThanOrEqual(1);
        expect(bleu(a, [b])).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('reads lists as they were written', () => {
    const field = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(fc.array(field, { minLength: 1 }), (fields) => {
        const quoted = fields.map(
          (text) => `"${text.replaceAll('\\', String.raw`\\`).replaceAll('"', '""')}"`,
        );
        expect(commaValues(quoted.join(' , '))).toEqual(fields);
      }),
    );
    expect(commaValues(' a b,, c ,')).toEqual(['a b', 'c']);
    expect(() => commaValues('"open')).toThrow('does not end');
  });

  it('finds objects as models write them', () => {
    expect(embeddedObjects('x {"a": {"b": [1]}} y {c: 2, // why\n} z')).toEqual([
      { a: { b: [1] } },
      { c: 2 },
    ]);
    expect(embeddedObjects('cut {"a": {"b": 1')).toEqual([{ a: { b: 1 } }]);
  });

  it('takes words apart as the treebank does', () => {
    expect(treebankTokens('They\'ll say "it cannot", won\'t they?')).toEqual([
      ...['They', "'ll", 'say', '``', 'it', 'can', 'not', "''", ',', 'wo', "n't", 'they', '?'],
    ]);
  });
});
