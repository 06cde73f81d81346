import type { PromptMessage } from '../../../agents/ports.js';

/**
 * Messages without their middle, for a model whose context they exceed: the rules (system), the task (the first user
 * message) and the newest exchange stay. Null where nothing can be left out. An exchange is cut only before an assistant
 * message, so that no tool result loses its call.
 */
export function trimmed(messages: readonly PromptMessage[]): readonly PromptMessage[] | null {
  const task = messages.findIndex(({ role }) => role === 'user');
  const newest = messages.findLastIndex(({ role }) => role === 'assistant');
  if (task < 0 || newest <= task + 1) return null;
  return [
    ...messages.slice(0, task + 1),
    ...messages.slice(task + 1, newest).filter(({ role }) => role === 'system'),
    ...messages.slice(newest),
  ];
}
