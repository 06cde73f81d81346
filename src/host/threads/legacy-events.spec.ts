import { describe, expect, it } from '@jest/globals';
import { createLegacyTranslator } from './legacy-events.js';
import { STREAM_MODES } from './runs.contract.js';

const frame = (method: string, data: unknown, node?: string) =>
  JSON.stringify({ type: 'event', method, params: { namespace: [], timestamp: 1, node, data } });
const message = (data: object) => frame('messages', data, 'resolver');
const delta = (text: string) =>
  message({ event: 'content-block-delta', index: 0, delta: { type: 'text-delta', text } });

describe("LangGraph's first streaming protocol", () => {
  it('tells a message as metadata, growing parts and a whole', () => {
    const translator = createLegacyTranslator(new Set(['messages']));
    const told = [
      message({ event: 'message-start', role: 'ai', id: 'm1', metadata: { agent: 'resolver' } }),
      message({ event: 'content-block-start', index: 0, content: { type: 'text', text: '' } }),
      delta('Renew '),
      delta('it.'),
      message({ event: 'content-block-finish', index: 0, content: { type: 'text', text: 'Renew it.' } }),
      message({ event: 'message-finish' }),
    ].flatMap((each) => translator.translate(each));
    const part = (content: string) => [{ type: 'ai', id: 'm1', content }];
    expect(told.map(({ event, data }) => [event, JSON.parse(data)])).toEqual([
      ['messages/metadata', { m1: { metadata: { agent: 'resolver', langgraph_node: 'resolver' } } }],
      ['messages/partial', part('Renew ')],
      ['messages/partial', part('Renew it.')],
      ['messages/complete', part('Renew it.')],
    ]);
  });

  it('says what failed in every mode', () => {
    const failed = { event: 'failed', error: 'x', detail: { code: 'RUN_DEADLINE', detail: 'Too late.' } };
    for (const mode of STREAM_MODES) {
      const [told] = createLegacyTranslator(new Set([mode])).translate(frame('lifecycle', failed));
      expect(told).toEqual({
        event: 'error',
        data: JSON.stringify({ error: 'RUN_DEADLINE', message: 'Too late.' }),
      });
    }
  });

  it('keeps to the modes that were asked for and passes over what it does not know', () => {
    const translator = createLegacyTranslator(new Set(['updates']));
    const update = frame('updates', { node: 'triage', values: { decision: 1 } });
    expect(translator.translate(update)).toEqual([{ event: 'updates', data: '{"triage":{"decision":1}}' }]);
    expect(translator.translate(frame('values', {}))).toEqual([]);
    expect(translator.translate(frame('gap', { from: 1, to: 2 }))).toEqual([]);
  });
});
