import type { AgentName } from '../agents/contracts/index.js';
import type { ChatModels } from '../agents/ports.js';

/**
 * A model that takes no time: fixed outputs, the resolver's claim being the first sentence of the first passage it was
 * given. What remains of a run's cost is the product's own.
 */
export const zeroTimeModels: ChatModels = {
  async call(call) {
    const output = OUTPUTS[call.agent](call.messages.map(({ text }) => text).join('\n'));
    const parsed = call.output?.schema.parse(output);
    const claims = (output as { claims?: unknown[] }).claims ?? [];
    if (call.onElement) claims.forEach(call.onElement.handle);
    return {
      output: parsed,
      text: '',
      toolCalls: [],
      model: 'scripted:zero-time',
      usage: { inputTokens: 0, outputTokens: 0, estimated: false },
    };
  },
};

const OUTPUTS: Readonly<Record<AgentName, (prompt: string) => unknown>> = {
  triage: () => ({
    category: 'network/vpn',
    candidates: [{ label: 'network/vpn', score: 0.9 }],
    impact: 3,
    urgency: 2,
    sentiment: 'calm',
    language: 'en',
    entities: [],
  }),
  retriever: () => ({ queries: ['vpn certificate expired'] }),
  diagnostics: () => ({ hypotheses: [] }),
  resolver: (prompt) => ({
    claims: [...prompt.matchAll(/<passage id="(?<id>\w+)"[^>]*>\n(?<text>[^\n]+)/gu)]
      .slice(0, 4)
      .map(({ groups }) => ({ text: groups?.text ?? '', evidence: [groups?.id ?? ''] })),
  }),
  critic: () => ({ parts: [{ part: 'vpn certificate expired', answeredBy: ['c1'] }], offTopic: [] }),
};
