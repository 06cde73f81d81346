import { termsOf } from '../retrieval/bm25.js';
import type { Guess } from './measures.js';

interface Example {
  readonly text: string;
  readonly label: string;
}

type Row = readonly (readonly [column: number, value: number])[];

const EPOCHS = 12;
const RATE = 2;
const DECAY = 1e-6;

/** Stems and pairs of them. */
function countsOf(text: string): ReadonlyMap<string, number> {
  const terms = termsOf(text);
  const counts = new Map<string, number>();
  const add = (term: string) => counts.set(term, (counts.get(term) ?? 0) + 1);
  for (const [at, term] of terms.entries()) {
    add(term);
    if (at > 0) add(`${terms[at - 1]} ${term}`);
  }
  return counts;
}

function softmax(logits: Float64Array): Float64Array {
  const most = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/**
 * The yardstick beside the shipped classifier: tf-idf of word 1- and 2-grams, multinomial logistic regression, nothing
 * else. It shares no code with what it is held against.
 */
export function createBaseline(examples: readonly Example[]): (text: string) => Omit<Guess, 'truth'> {
  const counted = examples.map(({ text }) => countsOf(text));
  const holders = new Map<string, number>();
  for (const counts of counted)
    for (const term of counts.keys()) holders.set(term, (holders.get(term) ?? 0) + 1);
  const columns = new Map(
    [...holders].filter(([, many]) => many > 1).map(([term, many], column) => [term, { column, many }]),
  );
  const labels = [...new Set(examples.map(({ label }) => label))].sort();
  const classOf = new Map(labels.map((label, at) => [label, at]));
  const weights = new Float64Array(columns.size * labels.length);
  const constants = new Float64Array(labels.length);

  const rowOf = (counts: ReadonlyMap<string, number>): Row => {
    const row = [...counts].flatMap(([term, count]) => {
      const known = columns.get(term);
      if (!known) return [];
      const idf = 1 + Math.log((1 + examples.length) / (1 + known.many));
      return [[known.column, (1 + Math.log(count)) * idf] as const];
    });
    const length = Math.hypot(...row.map(([, value]) => value)) || 1;
    return row.map(([column, value]) => [column, value / length]);
  };
  const sharesOf = (row: Row) => {
    const logits = constants.slice();
    for (const [column, value] of row)
      for (let k = 0; k < labels.length; k += 1)
        logits[k] = (logits[k] ?? 0) + value * (weights[column * labels.length + k] ?? 0);
    return softmax(logits);
  };

  const rows = counted.map(rowOf);
  // A stride instead of chance: labels often come sorted.
  const stride = 7_919 % rows.length === 0 ? 1 : 7_919;
  for (let step = 0; step < EPOCHS * rows.length; step += 1) {
    const at = (step * stride) % rows.length;
    const row = rows[at] ?? [];
    const errors = sharesOf(row);
    const target = classOf.get(examples[at]?.label ?? '') ?? 0;
    errors[target] = (errors[target] ?? 0) - 1;
    const length = RATE / (1 + (4 * step) / (EPOCHS * rows.length));
    for (const [column, value] of row)
      for (let k = 0; k < labels.length; k += 1) {
        const place = column * labels.length + k;
        const own = weights[place] ?? 0;
        weights[place] = own - length * (value * (errors[k] ?? 0) + DECAY * own);
      }
    for (let k = 0; k < labels.length; k += 1)
      constants[k] = (constants[k] ?? 0) - 0.05 * length * (errors[k] ?? 0);
  }

  return (text) => {
    const shares = sharesOf(rowOf(countsOf(text)));
    const order = labels.map((_, k) => k).sort((a, b) => (shares[b] ?? 0) - (shares[a] ?? 0));
    return { ranked: order.map((k) => labels[k] ?? ''), confidence: shares[order[0] ?? 0] ?? 0 };
  };
}
