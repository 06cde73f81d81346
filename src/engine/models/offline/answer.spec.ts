import { describe, expect, it } from '@jest/globals';
import { HumanMessage } from '@langchain/core/messages';
import fc from 'fast-check';
import { answer } from './answer.js';
import { readPrompt, type Source } from './prompt-reader.js';

const passage = (id: string, title: string, text: string): Source => ({
  id,
  title,
  text,
  kind: 'passage',
  fields: { title },
});

const TOASTER = [
  passage(
    'a1',
    'The toaster burns bread',
    'This article is for owners of the Glow 2. Nearly always the bread burns because crumbs lie under the heater.',
  ),
  passage(
    'a2',
    'The toaster burns bread',
    '## Clean the toaster\n\n1. Unplug the toaster and let it cool for 20 minutes.\n2. Pull out the crumb tray.\n3. Shake the crumbs into the bin.\n4. Push the tray in until it clicks.\n\nNever put the toaster under water.',
  ),
  passage(
    'a3',
    'The toaster burns bread',
    '## If that does not help\n\nBring the toaster to the kitchen desk, ext. 12.\n\n## On holiday\n\nIf the house is empty, unplug everything.',
  ),
];
const KETTLE = [
  passage('b1', 'The kettle is slow', 'Limescale is the usual reason for a slow kettle.'),
  passage(
    'b2',
    'The kettle is slow',
    '## Descale the kettle\n\n1. Fill the kettle with vinegar.\n2. Boil the kettle twice.\n3. Rinse the kettle.',
  ),
];
const SOURCES = [...TOASTER, ...KETTLE];
const ask = (subject: string, notes: readonly string[] = [], sources: readonly Source[] = SOURCES) =>
  answer({ subject, sources, notes }).map(({ text }) => text);

describe('answer', () => {
  it('says the cause, the steps whole and in order, then what else matters', () => {
    expect(ask('Our toaster burns the bread, what now?')).toEqual([
      'Nearly always the bread burns because crumbs lie under the heater.',
      'Unplug the toaster and let it cool for 20 minutes.',
      'Pull out the crumb tray.',
      'Shake the crumbs into the bin.',
      'Push the tray in until it clicks.',
      'Never put the toaster under water.',
    ]);
  });

  it('tells how to mend it rather than how to look at it, where an article has steps for both', () => {
    const filter = passage(
      'g1',
      'The water filter expired',
      '## Check the filter first\n\n1. Look at the date of the expired water filter.\n2. If the filter is new, reset the date of the filter.\n\n## Renew the filter\n\n1. Take the expired water filter out.\n2. Press a new filter in.',
    );
    const told = ask('The water filter expired, what now?', [], [filter]);
    expect(told).toContain('Press a new filter in.');
    expect(told).not.toContain('Look at the date of the expired water filter.');
  });

  it('ends with the way out where there is room for it', () => {
    const fuse = passage(
      'f1',
      'The oven has no power',
      '## Switch the fuse\n\n1. Open the fuse box of the oven.\n2. Switch the fuse of the oven on.\n\n## If that does not help\n\nCall the electrician, ext. 20.',
    );
    expect(ask('The oven has no power', [], [fuse]).at(-1)).toBe('Call the electrician, ext. 20.');
  });

  it('gives the steps first where a way is asked for', () => {
    expect(ask('How do I clean the toaster?')[0]).toBe('Unplug the toaster and let it cool for 20 minutes.');
  });

  it('names for each sentence the source that states it', () => {
    for (const { text, source } of answer({
      subject: 'The toaster burns my bread',
      sources: SOURCES,
      notes: [],
    }))
      expect(SOURCES.find(({ id }) => id === source)?.text).toContain(text);
  });

  it('answers each part of a question from the article about it', () => {
    const texts = ask('Why does the toaster burn the bread? And how do I descale the slow kettle?');
    expect(texts).toContain('Nearly always the bread burns because crumbs lie under the heater.');
    expect(texts).toContain('Fill the kettle with vinegar.');
  });

  it.each(['How do I get a parking permit for my car?', 'Zoom says my invoice is overdue'])(
    'says nothing about what no source covers: %s',
    (question) => {
      expect(ask(question)).toEqual([]);
    },
  );

  it('does not repeat a sentence that a remark rejects', () => {
    const rejected = 'Bring the toaster to the kitchen desk, ext. 12.';
    expect(ask('The toaster burns my bread', [`- ${rejected} (the desk has moved)`])).not.toContain(rejected);
  });

  it('turns to the part that a remark names as open', () => {
    const subject = 'The toaster burns my bread and by the way the kettle is slow since May.';
    const remark = 'the kettle is slow since May';
    expect(ask(subject, [remark])).toContain('Fill the kettle with vinegar.');
  });

  it('adds the steps on a second look, and nothing that was told', () => {
    const cause = 'Nearly always the bread burns because crumbs lie under the heater.';
    const subject = 'The toaster burns my bread.';
    expect(ask(subject, [`- ${subject}`, `- ${cause}`])).toEqual([
      'Unplug the toaster and let it cool for 20 minutes.',
      'Pull out the crumb tray.',
      'Shake the crumbs into the bin.',
      'Push the tray in until it clicks.',
    ]);
  });

  it('leaves an answer alone where nothing is open', () => {
    expect(ask('The toaster burns my bread.', ['- Pull out the crumb tray.'])).toEqual([]);
  });

  it('tells what follows from a look together with the look', () => {
    const look = passage(
      'c1',
      'The lamp flickers',
      '## Is it the bulb?\n\nPut the bulb of the lamp into another lamp. If it goes on flickering, order a bulb under 40 W. If it stays calm, the socket is worn out.',
    );
    expect(ask('Our lamp flickers', [], [look])).toEqual(
      expect.arrayContaining([
        'If it goes on flickering, order a bulb under 40 W.',
        'If it stays calm, the socket is worn out.',
      ]),
    );
  });

  it('puts what was observed about the very thing first', () => {
    const seen: Source = {
      id: 'o1',
      title: '',
      text: 'The kettle kettle-7.example.org draws 12 ampere.; power: 12; unit: ampere',
      kind: 'observation',
      fields: { tool: 'probe', target: 'kettle-7.example.org' },
    };
    const [first] = answer({
      subject: 'kettle-7.example.org, our kettle, is slow',
      sources: [...KETTLE, seen],
      notes: [],
    });
    expect(first).toEqual({ text: 'The kettle kettle-7.example.org draws 12 ampere.', source: 'o1' });
  });

  it('keeps to itself a look that came to nothing, and list items that only name things', () => {
    const look: Source = {
      id: 'o2',
      title: '',
      text: 'The toaster log has 30 lines and no error among them.; lines: 30; errors: 0',
      kind: 'observation',
      fields: { tool: 'log', target: 'toaster' },
    };
    const parts = passage(
      'p1',
      'The toaster burns bread',
      '## Parts of the toaster\n\n- Toaster tray.\n- Bread lever.',
    );
    const texts = ask('The toaster burns the bread', [], [...TOASTER, parts, look]);
    expect(texts).toContain('Pull out the crumb tray.');
    for (const kept of ['Toaster tray.', 'Bread lever.']) expect(texts).not.toContain(kept);
    expect(texts.join(' ')).not.toContain('30 lines');
  });

  it('adds what matters from an article that was given as just as relevant, and from no other', () => {
    const relevances: readonly (readonly [string, string])[] = [
      ['1', '0.95'],
      ['1', '0.6'],
    ];
    const [near, far] = relevances.map((pair) => {
      const rated = ['left', 'right'].map((side, index) => ({
        ...passage(
          `d${index}`,
          `The ${side} oven door`,
          `## Open the oven\n\nThe door of the ${side} oven is locked while it is hot. Wait for the ${side} lamp to go out.`,
        ),
        fields: { title: `The ${side} oven door`, relevance: pair[index] ?? '' },
      }));
      return answer({ subject: 'The door of the hot oven is locked', sources: rated, notes: [] });
    });
    expect(new Set(near?.map(({ source }) => source))).toEqual(new Set(['d0', 'd1']));
    expect(new Set(far?.map(({ source }) => source))).toEqual(new Set(['d0']));
  });

  it('tells a command with the sentence that announces it, and leaves out boxes', () => {
    const runbook = passage(
      'r1',
      'The queue of the mixer is stuck',
      '## Empty the queue\n\n> **note**\n> The mixer queue is also called bowl.\n\nEmpty the queue of the mixer:\n\n```console\n$ mixer drain --all\n```\n\nThe mixer starts again.',
    );
    expect(ask('The mixer queue is stuck', [], [runbook])).toEqual([
      'Empty the queue of the mixer: ```console $ mixer drain --all ```',
      'The mixer starts again.',
    ]);
  });

  it('is the same from every layout of the sources', () => {
    const subject = 'Our toaster burns the bread, what now?';
    const layouts = [
      `${SOURCES.map(
        ({ id, title, text }) => `<passage id="${id}" title="${title}">\n${text}\n</passage>`,
      ).join('\n')}\n<message>\n${subject}\n</message>`,
      `<question>${subject}</question>\n<documents>${SOURCES.map(({ id, title, text }) => `<document><id>${id}</id><title>${title}</title><content>${text}</content></document>`).join('')}</documents>`,
      JSON.stringify({
        evidence: SOURCES.map(({ id, title, text }) => ({ id, title, text })),
        question: subject,
      }),
      `${SOURCES.map(({ id, title, text }) => `[${id}] ${title}\n${text}`).join('\n\n')}\n\n---\n\nQuestion: ${subject}`,
      `${SOURCES.map(({ id, title, text }) => `### ${id}: ${title}\n${text}`).join('\n\n')}\n\n"""\n${subject}\n"""`,
      `${SOURCES.map(({ id, title, text }) => JSON.stringify({ id, title, text })).join('\n')}\n\n<ask>${subject}</ask>`,
      `<ask>${subject}</ask>\n${SOURCES.map(({ id, title, text }) => `<source title="${title}" ref="${id}">${text}</source>`).join('\n')}`,
    ];
    const expected = answer({ subject, sources: SOURCES, notes: [] });
    for (const layout of layouts) expect(answer(readPrompt([new HumanMessage(layout)]))).toEqual(expected);
  });

  it('never says what no source says', () => {
    const words = fc.constantFrom(
      'toaster',
      'kettle',
      'bread',
      'slow',
      'why',
      'burns',
      'lamp',
      '?',
      'how long',
      'vinegar',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (picked) => {
        for (const { text, source } of answer({ subject: picked.join(' '), sources: SOURCES, notes: [] }))
          expect(SOURCES.find(({ id }) => id === source)?.text).toContain(text);
      }),
    );
  });
});
