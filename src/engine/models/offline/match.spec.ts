import { describe, expect, it } from '@jest/globals';
import { HumanMessage } from '@langchain/core/messages';
import { matchParts, onTopic } from './match.js';
import { readPrompt, type Source } from './prompt-reader.js';
import { fillShape } from './schema-filler.js';
import { readShape } from './shape.js';

const claims = (...texts: string[]): Source[] =>
  texts.map((text, at) => ({ id: `c${at + 1}`, title: '', text, kind: 'claim', fields: {} }));

describe('matchParts', () => {
  it('finds for each part the claims that speak to it', () => {
    const parts = matchParts(
      'How do I reset my password? And where can I order a second monitor?',
      claims('Open the portal and reset the password there.', 'Monitors are ordered at the shop desk.'),
    );
    expect(parts.map(({ items }) => items)).toEqual([['c1'], ['c2']]);
  });

  it('leaves a part open that no claim speaks to', () => {
    const [, second] = matchParts(
      'How do I reset my password? And where can I order a second monitor?',
      claims('Open the portal and reset the password there.'),
    );
    expect(second).toEqual({ part: 'And where can I order a second monitor?', items: [] });
  });

  it('leaves a question open whose name for the product no claim has', () => {
    const [only] = matchParts(
      'How do I calibrate the Zebra label scale?',
      claims('Restart the coffee machine and wait.'),
    );
    expect(only?.items).toEqual([]);
  });
});

describe('the layout of claims', () => {
  const subject = 'How do I reset my password? And where can I order a second monitor?';
  const said = ['Open the portal and reset the password there.', 'Monitors are ordered at the shop desk.'];
  const need = readShape({
    type: 'object',
    required: ['parts'],
    properties: {
      parts: {
        type: 'array',
        description: 'every part of the question',
        items: {
          type: 'object',
          required: ['part', 'answeredBy'],
          properties: {
            part: { type: 'string', description: 'one thing that the message asks for, in its own words' },
            answeredBy: {
              type: 'array',
              items: { type: 'string' },
              description: 'ids of the claims that answer it',
            },
          },
        },
      },
    },
  });
  const layouts: Readonly<Record<string, string>> = {
    'tags with ids': `${said.map((text, at) => `<claim id="c${at + 1}">${text}</claim>`).join('\n')}\n<message>\n${subject}\n</message>`,
    'other tags, other order': `<letter>${subject}</letter>\n<statements>${said.map((text, at) => `<statement ref="c${at + 1}">${text}</statement>`).join('')}</statements>`,
    JSON: JSON.stringify({ claims: said.map((text, at) => ({ id: `c${at + 1}`, text })), message: subject }),
    'JSON Lines': `${said.map((text, at) => JSON.stringify({ id: `c${at + 1}`, text })).join('\n')}\n\n<message>${subject}</message>`,
    'a list': `## Claims\n${said.map((text, at) => `- c${at + 1}: ${text}`).join('\n')}\n\n## Message\n${subject}`,
    brackets: `${said.map((text, at) => `[c${at + 1}] ${text}`).join('\n')}\n\n---\n\nQuestion: ${subject}`,
    'a table': `| id | text |\n|---|---|\n${said.map((text, at) => `| c${at + 1} | ${text} |`).join('\n')}\n\n<message>${subject}</message>`,
  };

  it.each(Object.keys(layouts))('does not matter: %s', (name) => {
    expect(fillShape(need, readPrompt([new HumanMessage(layouts[name] ?? '')]))).toEqual({
      parts: [
        { part: 'How do I reset my password?', answeredBy: ['c1'] },
        { part: 'And where can I order a second monitor?', answeredBy: ['c2'] },
      ],
    });
  });
});

describe('onTopic', () => {
  it('keeps steps that share words with an answer, and drops what belongs to nothing', () => {
    const items = claims(
      'The certificate of the VPN is renewed by the portal.',
      'Open the portal and press Sync.',
      'Bananas ripen faster beside apples.',
    );
    expect([...onTopic('my VPN certificate expired', items)]).toEqual(['c1', 'c2']);
  });
});
