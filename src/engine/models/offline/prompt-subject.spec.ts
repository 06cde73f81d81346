import { describe, expect, it } from '@jest/globals';
import { HumanMessage, SystemMessage } from '@langchain/core/messages';
import { readPrompt } from './prompt-reader.js';

const subjectOf = (message: string): string =>
  readPrompt([
    new SystemMessage('You check a draft.'),
    new HumanMessage(`<claim id="c1">Empty the tray.</claim>\n<message>\n${message}\n</message>`),
  ]).subject;

describe('the subject of a prompt', () => {
  it('is the whole message, also one that lists numbered things', () => {
    const message =
      'The toaster burns\nI tried:\n\n1. the other socket\n2. other bread\n\nCan it be mended? Ada';
    expect(subjectOf(message)).toBe(message);
  });
});
