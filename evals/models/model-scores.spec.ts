import { describe, expect, it } from '@jest/globals';
import { readSampleTickets } from '../samples/sample-tickets.js';
import type { Solved } from '../samples/solve.js';
import { modelTable, scoresOf } from './model-scores.js';

const [answerable, open] = ['answer', 'handoff'].map((outcome) =>
  readSampleTickets().find(({ expected }) => expected.outcome === outcome),
);

function solved(ticket: typeof answerable, outcome: 'completed' | 'handed_off', totalMs: number): Solved {
  if (!ticket) throw new Error('The samples lack such a ticket.');
  return {
    ...{ ticket, outcome, decision: undefined, critique: undefined, evidence: [], observations: [] },
    answer: { text: ticket.expected.facts.join(', '), complete: true, claims: [] },
    rejected: 0,
    record: {
      ...{ runId: 'r', threadId: 't', status: 'success', outcome, metadata: {}, error: null, manifest: null },
      ...{ queuedMs: 0, totalMs, createdAt: '', updatedAt: '' },
      usage: {
        ...{ inputTokens: 100, outputTokens: 10, estimated: false, costUsd: 0.002 },
        ...{ modelCalls: 1, toolCalls: 0 },
      },
    },
  };
}

describe('the scores of a model', () => {
  const good = scoresOf('openai:good', [
    solved(answerable, 'completed', 100),
    solved(open, 'handed_off', 900),
  ]);
  const poor = scoresOf('gguf:poor', [solved(open, 'completed', 50_000)]);

  it('tell quality, latency, tokens and cost of the suite', () => {
    expect(good).toMatchObject({
      ...{ tickets: 2, inputTokens: 200, outputTokens: 20, costUsd: 0.004, estimated: false },
      quality: { score: 1, category: 0, rightArticle: 0, handedOver: 1 },
      outcomes: { completed: 1, handed_off: 1 },
      latency: { p50: 900, p95: 900 },
    });
    expect(poor.quality).toMatchObject({ score: 0, handedOver: 0 });
  });

  it('stand side by side', () => {
    const lines = modelTable([good, poor]).split('\n');
    expect(lines[0]).toMatch(/^ +openai:good +gguf:poor$/);
    expect(lines).toContainEqual(expect.stringMatching(/^score +100\.0 % +0\.0 %$/));
    expect(lines).toContainEqual(expect.stringMatching(/^latency p95 +0\.90 s +50 s$/));
    expect(lines).toContainEqual(expect.stringMatching(/^cost a ticket +\$0\.00200 +\$0\.00200$/));
  });
});
