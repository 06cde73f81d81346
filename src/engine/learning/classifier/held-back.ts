import { LEARNED_FIELDS, type LearnedField, type LearnedFieldQuality } from '../../runtime.contract.js';
import {
  calibrationError,
  type Judged,
  riskCoverage,
  softmax,
  temperatureOf,
  worthwhileConfidence,
} from './calibration.js';
import type { TicketClassifier } from './classifier.js';
import { type Calibration, queueLogits } from './routing.js';
import type { Lessons, TrainedHead } from './training.js';

/** What is to be told apart: its labels in the order of the lessons' classes. */
export interface Subject {
  readonly labels: readonly string[];
  readonly lessons: Lessons;
}

type Labelled = Readonly<Partial<Record<LearnedField, string | undefined>>>;

interface Answer {
  readonly row: number;
  readonly logits: Float64Array;
  readonly target: number;
}

/** Temperatures and reports from what was held back. */
export function calibrate(
  tickets: readonly Labelled[],
  subjects: readonly (Subject & { readonly name: LearnedField | 'articles' })[],
  trained: readonly TrainedHead[],
  folds: Int8Array,
): { calibration: Calibration; report: TicketClassifier['report'] } {
  const find = (field: LearnedField) => {
    const at = subjects.findIndex(({ name }) => name === field);
    const [subject, head] = [subjects[at], trained[at]];
    return subject && head && { ...subject, head };
  };
  const heldBackLogits = ({ head, labels }: { head: TrainedHead; labels: readonly string[] }, row: number) =>
    Float64Array.from(head.heldBack.subarray(row * labels.length, (row + 1) * labels.length));
  const category = find('category');
  const queue = find('queue');
  const temperatures: Partial<Record<LearnedField, number>> = {};
  const queues = category && queue ? queueShares(tickets, category.labels, queue.labels) : [];
  const calibration: Calibration = { temperatures, queues };
  const report: Partial<Record<LearnedField, LearnedFieldQuality>> = {};
  for (const field of LEARNED_FIELDS) {
    const found = find(field);
    if (!found) continue;
    const answers: Answer[] = Array.from(found.lessons.rows, (row, at) => {
      const own = heldBackLogits(found, row);
      const logits =
        field === 'queue' && category ? queueLogits(own, heldBackLogits(category, row), calibration) : own;
      return { row, logits, target: found.lessons.targets[at] ?? 0 };
    }).filter(({ row }) => (folds[row] ?? -1) >= 0);
    temperatures[field] = temperatureOf(answers);
    report[field] = reportOf(answers, temperatures[field], found);
  }
  return { calibration, report };
}

function reportOf(
  answers: readonly Answer[],
  temperature: number,
  { labels, lessons }: Subject,
): LearnedFieldQuality {
  const judged = answers.map(({ logits, target }): Judged => {
    const shares = softmax(logits, temperature);
    const confidence = shares.reduce((a, b) => Math.max(a, b), 0);
    return { confidence, right: shares[target] === confidence };
  });
  const curve = riskCoverage(judged);
  return {
    learned: lessons.rows.length,
    labels: labels.length,
    heldBack: judged.length,
    accuracy: judged.filter(({ right }) => right).length / Math.max(1, judged.length),
    calibrationError: calibrationError(judged),
    worthwhile: Math.min(1, worthwhileConfidence(curve)),
    curve,
  };
}

/** By category, which share of its tickets went to each queue. */
function queueShares(
  tickets: readonly Labelled[],
  categories: readonly string[],
  queues: readonly string[],
): number[][] {
  const counts = categories.map(() => queues.map(() => 0));
  for (const { category, queue } of tickets) {
    const row = category === undefined ? undefined : counts[categories.indexOf(category)];
    const at = queue === undefined ? -1 : queues.indexOf(queue);
    if (row && at >= 0) row[at] = (row[at] ?? 0) + 1;
  }
  return counts.map((row) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count) => (total === 0 ? 1 / queues.length : count / total));
  });
}
