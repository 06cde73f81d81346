import { convertToOpenAITool } from '@langchain/core/utils/function_calling';
import { z } from 'zod';
import type { ChatModels } from '../../../../../agents/ports.js';
import { toLangChain } from '../../../models/langchain-messages.js';
import { ExtractiveChatModel, OFFLINE_MODEL } from '../../../models/offline/extractive.model.js';

/** The offline model behind the port of the agents, without journal, limits and meter. */
export function offlineModels(): ChatModels {
  const model = new ExtractiveChatModel();
  return {
    async call({ messages, output, tools = [], onElement }, run) {
      const reply = await model.invoke(messages.map(toLangChain), {
        signal: run.signal,
        tools: tools.map(({ name, description, input: schema }) =>
          convertToOpenAITool({ name, description, schema: z.toJSONSchema(schema, { io: 'input' }) }),
        ),
        ...(output && { outputSchema: { name: output.name, schema: z.toJSONSchema(output.schema) } }),
      });
      const parsed = output?.schema.parse(JSON.parse(reply.text));
      if (onElement) {
        const elements: unknown = Object.entries(parsed ?? {}).find(([key]) => key === onElement.key)?.[1];
        if (Array.isArray(elements)) elements.forEach(onElement.handle);
      }
      return {
        output: parsed,
        text: reply.text,
        toolCalls: (reply.tool_calls ?? []).map(({ id = '', name, args }) => ({ id, name, args })),
        model: OFFLINE_MODEL,
        usage: { inputTokens: 0, outputTokens: 0, estimated: true },
      };
    },
  };
}
