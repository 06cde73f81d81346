import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sampleTexts, textsOf } from './corpus.js';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('The corpus', () => {
  it('reads headings, paragraphs and items of Markdown, and no code', () => {
    const body =
      '# Paper jam in tray two\n\nOpen the *rear* door.\n\n- Pull the sheet out\n\n```\nrm -rf all of it\n```\n';
    expect(textsOf('a.md', bytes(body))).toEqual([
      'Paper jam in tray two',
      'Open the rear door.',
      'Pull the sheet out',
    ]);
  });

  it('reads pages without their marks', () => {
    expect(textsOf('a.HTML', bytes('<h1>Reset a password</h1><p>Ask the &lt;desk&gt; first.</p>'))).toEqual([
      'Reset a password',
      'Ask the <desk> first.',
    ]);
  });

  it('reads what people wrote of articles and tickets in JSON Lines, whatever else is there', () => {
    const lines = [
      '{"id":"x one two three","subject":"Printer is offline again","body":"It was fine yesterday."}',
      'no json',
      '[1]',
      '{"title":7}',
    ];
    expect(textsOf('tickets.jsonl', bytes(lines.join('\n')))).toEqual([
      'Printer is offline again',
      'It was fine yesterday.',
    ]);
  });

  it('gives nothing of a file of another kind', () => {
    expect(textsOf('a.png', bytes('One two three four.'))).toEqual([]);
    expect(textsOf('constructor', bytes('One two three four.'))).toEqual([]);
  });

  it('cuts long paragraphs between sentences', () => {
    const sentence = `Sentence ${'word '.repeat(30).trim()}.`;
    const texts = textsOf('a.txt', bytes([sentence, sentence, sentence].join(' ')));
    expect(texts).toEqual([sentence, sentence, sentence]);
  });

  it('draws the same sample in any order, and a smaller one from the beginning of a larger', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.nat(20), (texts, limit) => {
        const all = sampleTexts(texts, Number.POSITIVE_INFINITY);
        expect([...all].sort()).toEqual([...new Set(texts)].sort());
        expect(sampleTexts([...texts].reverse(), limit)).toEqual(all.slice(0, limit));
      }),
    );
  });
});
