import { describe, expect, it } from '@jest/globals';
import type { SupportStateType } from '../state.js';
import { nextQuestions } from './next-questions.js';

const stateOf = (content: string, more: Partial<SupportStateType> = {}): SupportStateType => ({
  messages: [{ id: 'q', type: 'human', content }],
  ticket: null,
  attachments: [],
  decision: null,
  evidence: [],
  observations: [],
  hypotheses: [],
  draft: null,
  critique: null,
  assignment: null,
  answer: null,
  handoff: null,
  tried: [],
  visits: {},
  ...more,
});

describe('next questions', () => {
  it('asks for the wording of a message that is only mentioned', () => {
    expect(nextQuestions(stateOf('The toaster shows an error since Monday'))[0]).toContain('word by word');
  });

  it('asks for the approval of a wish for something that costs money, not for errors', () => {
    const asked = nextQuestions(stateOf('May I buy the old toaster for my grandson?')).join('\n');
    expect(asked).toContain('cost centre');
    expect(asked).not.toContain('screen');
  });

  it('starts with the cause that is likely and not ruled out', () => {
    const hypotheses = [
      { cause: 'the fuse has blown', probability: 0.2, supportedBy: [], refutedBy: [] },
      { cause: 'the plug is loose', probability: 0.6, supportedBy: [], refutedBy: [] },
    ];
    expect(nextQuestions(stateOf('The toaster is dead', { hypotheses }))[0]).toContain('the plug is loose');
  });

  it('never asks more than three', () => {
    expect(nextQuestions(stateOf('error'))).toHaveLength(3);
    expect(nextQuestions(stateOf('tea')).length).toBeLessThanOrEqual(3);
  });
});
