import type { Taxonomy } from '../../../agents/contracts/index.js';
import type { LabelUse } from './ticket-store.js';

/** The sizes of harm that ITIL's matrix knows, for a tenant that has only labels. */
const LEVELS = {
  impact: [
    { level: 1, description: 'The whole organisation or a site is affected.' },
    { level: 2, description: 'A team or department is affected.' },
    { level: 3, description: 'One person is affected.' },
  ],
  urgency: [
    { level: 1, description: 'Work has stopped, or harm grows with time.' },
    { level: 2, description: 'Work is hindered.' },
    { level: 3, description: 'It can wait.' },
  ],
};

const MATRIX = [
  ['P1', 'P2', 'P3'],
  ['P2', 'P3', 'P4'],
  ['P3', 'P4', 'P5'],
];

const GENERAL = { category: 'general', queue: 'servicedesk' };

/** What a label says in words: `network/vpn` → `network vpn`. */
const worded = (label: string) =>
  label
    .split(/[^\p{L}\p{N}]+/u)
    .join(' ')
    .trim();

/**
 * The labels that a tenant's solved tickets bear; a category goes to the queue that most of its tickets went to. A
 * tenant that has solved nothing yet has one general label.
 */
export function learnedTaxonomy(labels: readonly LabelUse[]): Taxonomy {
  const queueOf = new Map<string, Map<string, number>>();
  for (const { category, queue, count } of labels) {
    const queues = queueOf.get(category) ?? new Map<string, number>();
    const name = queue ?? GENERAL.queue;
    queues.set(name, (queues.get(name) ?? 0) + count);
    queueOf.set(category, queues);
  }
  const categories = [...queueOf].map(([value, queues]) => {
    const [queue] = [...queues].sort((a, b) => b[1] - a[1])[0] ?? [GENERAL.queue];
    return { value, description: worded(value), queue };
  });
  if (categories.length === 0) {
    categories.push({ value: GENERAL.category, description: 'any question', queue: GENERAL.queue });
  }
  const queues = [...new Set(categories.map(({ queue }) => queue))];
  return {
    categories,
    queues: queues.map((value) => ({ value, description: worded(value) })),
    ...LEVELS,
    priority: MATRIX,
  };
}
