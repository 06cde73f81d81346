import type { Decision, TriageResult } from '../../agents/contracts/index.js';
import { resultLines } from './answer.view.js';
import type { Output } from './output.js';

/** One result as a person reads it: what was decided, the answer with its sources, what a colleague would get. */
export function printTriage(result: TriageResult, output: Output): void {
  const { ticketId, status, decision, error } = result;
  output.print(`${ticketId} · ${status.replace('_', ' ')}`);
  const lines = [...(decision ? decisionLines(decision) : []), ...resultLines(result)];
  for (const line of lines) output.print(line);
  if (error) output.print(`\n${error.code}: ${error.detail}\n  kept: ${error.kept}\n  next: ${error.next}`);
}

const LABEL_WIDTH = 11;

function decisionLines(decision: Decision): readonly string[] {
  const { category, queue, priority, duplicates, articles, entities, needsHuman, reasons } = decision;
  const { impact, urgency } = priority;
  const matrix = impact && urgency ? ` (impact ${impact}, urgency ${urgency})` : '';
  const guesses = category.alternatives.map(({ value }) => value).slice(0, 3);
  const rows: Readonly<Record<string, string>> = {
    category:
      category.value ?? `none fits${guesses.length > 0 ? `; best guesses ${guesses.join(', ')}` : ''}`,
    queue: queue.value ?? 'none',
    priority: `${priority.value ?? 'unknown'}${matrix}`,
    writer: [decision.language, decision.sentiment].filter((word) => word !== null).join(', '),
    mentions: entities.map(({ type, value }) => `${value} (${type.replace('_', ' ')})`).join(', '),
    duplicates: duplicates.map(({ ticketId, score }) => `${ticketId} (${score.toFixed(2)})`).join(', '),
    articles: articles.map(({ articleId }) => articleId).join(', '),
    'needs a person': needsHuman ? reasons.join(' ') || 'yes' : '',
  };
  return Object.entries(rows)
    .filter(([, text]) => text !== '')
    .map(([label, text]) => `  ${label.padEnd(LABEL_WIDTH)} ${text}`);
}
