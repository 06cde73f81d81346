import { AIMessageChunk } from '@langchain/core/messages';
import { functionTools, toLangChain } from './langchain-messages.js';
import { ExtractiveChatModel, OFFLINE_MODEL } from './offline/extractive.model.js';
import type { ProviderClient, ReplyPart } from './provider.js';

/** The offline model behind the port. It reports no tokens: they are estimated as for any provider that does not. */
export function offlineClient(): ProviderClient {
  const model = new ExtractiveChatModel();
  return {
    spec: OFFLINE_MODEL,
    lane: null,
    capabilities: { tools: true, forms: ['schema'], mayRefuseForms: false, streams: 'all' },
    async *reply(request) {
      const { output, signal } = request;
      const tools = functionTools(request);
      const options = {
        signal,
        ...(tools.length > 0 && { tools }),
        ...(output && { outputSchema: { name: output.name, schema: output.schema } }),
      };
      const messages = request.messages.map(toLangChain);
      for await (const { message } of model._streamResponseChunks(messages, options))
        if (AIMessageChunk.isInstance(message)) yield* partsOf(message);
    },
    probe: async () => 'in this process, picks and joins sentences, needs no key',
  };
}

function* partsOf(chunk: AIMessageChunk): Generator<ReplyPart> {
  if (chunk.text !== '') yield { type: 'text', text: chunk.text };
  for (const [place, { index, id, name, args }] of (chunk.tool_call_chunks ?? []).entries())
    yield {
      type: 'toolCall',
      index: index ?? place,
      ...(id && { id }),
      ...(name && { name }),
      args: args ?? '',
    };
  const reason = chunk.response_metadata.finish_reason;
  if (reason) yield { type: 'finish', reason: reason === 'tool_calls' ? 'tools' : 'stop' };
}
