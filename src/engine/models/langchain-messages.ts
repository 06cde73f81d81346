import {
  AIMessage,
  type BaseMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from '@langchain/core/messages';
import type { PromptMessage } from '../../../agents/ports.js';
import type { OutputShape, ProviderRequest, ToolShape } from './provider.js';

/** A tool's name on the wire: providers allow letters, digits, `_` and `-` only. */
export const wireName = (name: string): string => name.replaceAll(/[^\w-]/g, '_').slice(0, 64);

/** The tool that a name on the wire stands for; a name that was not offered stays as it is. */
export const toolNamed = (wire: string, tools: readonly ToolShape[]): string =>
  tools.find(({ name }) => wireName(name) === wire)?.name ?? wire;

/** Prompt messages in LangChain's form, each in its own role. */
export function toLangChain(message: PromptMessage): BaseMessage {
  switch (message.role) {
    case 'system':
      return new SystemMessage(message.text);
    case 'user':
      return new HumanMessage(message.text);
    case 'tool':
      return new ToolMessage({ content: message.text, tool_call_id: message.toolCallId });
    case 'assistant':
      return new AIMessage({
        content: message.text,
        tool_calls: (message.toolCalls ?? []).map(({ id, name, args }) => ({
          ...{ id, name: wireName(name), args: { ...args } },
          type: 'tool_call' as const,
        })),
      });
  }
}

const functionTool = ({ name, description, parameters }: ToolShape) => ({
  type: 'function' as const,
  function: { name: wireName(name), description, parameters: { ...parameters } },
});

/** The tools of a request in OpenAI's form, which LangChain's clients all take; the reply's own tool comes last. */
export function functionTools({ tools, output }: Pick<ProviderRequest, 'tools' | 'output'>) {
  const replyTool = output?.form === 'tool' ? [functionTool(replyToolOf(output))] : [];
  return [...tools.map(functionTool), ...replyTool];
}

const replyToolOf = ({ name, schema }: OutputShape): ToolShape => ({
  ...{ name, parameters: schema },
  description: 'Gives the reply. Call it once, with the whole reply as its arguments.',
});
