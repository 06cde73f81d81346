import { describe, expect, it } from '@jest/globals';
import { HumanMessage, SystemMessage } from '@langchain/core/messages';
import { readPrompt } from './prompt-reader.js';

const subjectOf = (message: string): string =>
  readPrompt([
    new SystemMessage('You check a draft.'),
    new HumanMessage(`<claim id="c1">Empty the tray.</claim>\n<message>\n${message}\n</message>`),
  ]).subject;

describe('the subject of a prompt', () => {
  it.each([
    [
      'numbered things',
      'The toaster burns\nI tried:\n\n1. the other socket\n2. other bread\n\nCan it be mended? Ada',
    ],
    [
      'pasted output',
      'It burns\n\nEvent ID: 1000\nFault id: 0x2E14\n\nI want toast.\n\nAda\nBaker | Crumbs Ltd\nt 0117 | Please toast.',
    ],
  ])('is the whole message, also one with %s', (_, message) => {
    expect(subjectOf(message).replaceAll(/\s+/g, ' ')).toBe(message.replaceAll(/\s+/g, ' '));
  });
});
