import { setImmediate } from 'node:timers/promises';
import { LEARNED_FIELDS, type LearnedField } from '../../runtime.contract.js';
import type { TicketClassifier } from './classifier.js';
import { columnSpaceOf, createProjection } from './column-space.js';
import { calibrate, type Subject } from './held-back.js';
import { type LabelHead, quantised } from './label-head.js';
import { textFeatures } from './text-features.js';
import { matrixOf, train } from './training.js';

/** A solved ticket as the classifier learns from it. */
export interface LabelledText {
  /** Subject, line feed, body. */
  readonly text: string;
  readonly category?: string | undefined;
  readonly queue?: string | undefined;
  readonly priority?: string | undefined;
  readonly articles?: readonly string[] | undefined;
  readonly createdAt?: string | undefined;
}

export interface Embedding {
  readonly name: string;
  embed(texts: readonly string[]): Promise<readonly Float32Array[]>;
}

export interface LearnOptions {
  readonly embedding?: Embedding;
  readonly signal?: AbortSignal;
  /** Steps done of all. */
  readonly onProgress?: (done: number, of: number) => void;
}

/** Fewer than these teach nothing that could be measured. */
const LEAST_LESSONS = 40;
const LEAST_LINKS = 3;
const MOST_LABELS = 300;
/** Weights of the largest head: 64 MB while learning, 16 MB afterwards. */
const MOST_WEIGHTS = 16_000_000;
/** From here on one held-back part tells enough, and the newest tickets are most like those to come. */
const MANY = 2_000;
const FEW_FOLDS = 3;
const HELD_BACK = 0.15;
/** What a ticket teaches halves in so many days: products, teams and words change. */
const HALF_LIFE_DAYS = 730;
const DAY_MS = 86_400_000;
/** How far rare labels count more: 0 as often as they come, 1 all the same. */
const BALANCE = 0.25;
const EPOCHS = 6;
/** Few lessons are read too seldom for small steps. */
const rateFor = (lessons: number) => (lessons < MANY ? 2 : 1);
/** Decay of the weights by number of lessons: few lessons teach little, however often they are read. */
const decayFor = (lessons: number) => Math.min(2e-4, Math.max(1e-5, 0.4 / lessons));
const AT_ONCE = 16;

/** Labels by how often they are given, of which the rarest are left out where there are too many. */
function commonLabels(given: readonly (readonly string[])[], least: number): readonly string[] {
  const counts = new Map<string, number>();
  for (const labels of given) for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= least)
    .sort((a, b) => b[1] - a[1])
    .slice(0, MOST_LABELS)
    .map(([label]) => label)
    .sort();
}

/** Lessons of one field; undefined where there are too few or nothing to tell apart. */
function subjectOf(
  given: readonly (readonly string[])[],
  recency: Float64Array,
  { least, measured }: { least: number; measured: boolean },
): Subject | undefined {
  const labels = commonLabels(given, least);
  const classOf = new Map(labels.map((label, at) => [label, at]));
  const taught = given.flatMap((own, row) => {
    const known = own.flatMap((label) => classOf.get(label) ?? []);
    return known.map((target) => ({ row, target, weight: (recency[row] ?? 1) / known.length }));
  });
  if (labels.length < 2 || taught.length < LEAST_LESSONS) return undefined;
  const totals = new Float64Array(labels.length);
  for (const { target, weight } of taught) totals[target] = (totals[target] ?? 0) + weight;
  const usual = totals.reduce((sum, total) => sum + total, 0) / labels.length;
  const lessons = {
    classes: labels.length,
    measured,
    rows: Uint32Array.from(taught, ({ row }) => row),
    targets: Uint32Array.from(taught, ({ target }) => target),
    weights: Float32Array.from(
      taught,
      ({ target, weight }) => weight * (usual / Math.max(totals[target] ?? 0, 1e-9)) ** BALANCE,
    ),
  };
  return { labels, lessons };
}

/** What counts how much: halves with age against the newest ticket, in full where the age is not known. */
function recencyOf(times: readonly number[]): Float64Array {
  const newest = Math.max(...times.filter(Number.isFinite), 0);
  return Float64Array.from(times, (time) =>
    Number.isFinite(time) ? 0.5 ** ((newest - time) / DAY_MS / HALF_LIFE_DAYS) : 1,
  );
}

/** Kinds of tickets often come in turns; parts that did so too would hold a whole kind back (Fibonacci hashing). */
const scattered = (place: number): number => Math.imul(place + 1, 0x9e3779b1) >>> 16;

/** By ticket the part that is held back with it. Many tickets: only their newest; few: each once. */
function foldsOf(times: readonly number[]): Int8Array {
  const order = times.map((_, row) => row).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
  const folds = new Int8Array(times.length).fill(-1);
  const isDated = times.filter(Number.isFinite).length > times.length / 2;
  for (const [place, row] of order.entries()) {
    if (times.length < MANY) folds[row] = scattered(place) % FEW_FOLDS;
    else if (
      isDated ? place >= times.length * (1 - HELD_BACK) : scattered(place) % Math.round(1 / HELD_BACK) === 0
    )
      folds[row] = 0;
  }
  return folds;
}

const timeOf = ({ createdAt }: LabelledText) =>
  createdAt === undefined ? Number.NaN : Date.parse(createdAt);

/** The columns and rows of the texts, made in slices so that others get their turns. */
async function readTexts(
  texts: readonly LabelledText[],
  classes: number,
  { embedding, signal }: LearnOptions,
) {
  const features = [];
  for (let from = 0; from < texts.length; from += AT_ONCE) {
    signal?.throwIfAborted();
    const slice = texts.slice(from, from + AT_ONCE).map(({ text }) => text);
    const meanings = await embedding?.embed(slice);
    for (const [at, text] of slice.entries()) features.push(textFeatures(text, meanings?.[at]));
    await setImmediate();
  }
  const space = columnSpaceOf(features, Math.floor(MOST_WEIGHTS / classes));
  const project = createProjection(space);
  const rows = [];
  for (const [at, text] of features.entries()) {
    rows.push(project(text));
    if (at % (4 * AT_ONCE) === 0) await setImmediate();
  }
  return { space, rows };
}

/**
 * Learns to route tickets as solved ones were routed, on a thread of its own: multinomial logistic regression with
 * probabilities calibrated on held-back tickets. Null where there is too little to learn from.
 * @throws the signal's reason
 */
export async function learnClassifier(
  tickets: readonly LabelledText[],
  options: LearnOptions = {},
): Promise<TicketClassifier | null> {
  const times = tickets.map(timeOf);
  const recency = recencyOf(times);
  const routed = LEARNED_FIELDS.map((field) => ({
    name: field,
    subject: subjectOf(
      tickets.map((ticket) => (ticket[field] === undefined ? [] : [ticket[field]])),
      recency,
      { least: 1, measured: true },
    ),
  }));
  const links = tickets.map(({ articles = [] }) => articles);
  const subjects = [
    ...routed,
    {
      name: 'articles' as const,
      subject: subjectOf(links, recency, { least: LEAST_LINKS, measured: false }),
    },
  ].flatMap(({ name, subject }) => (subject ? [{ name, ...subject }] : []));
  if (subjects.length === 0) return null;
  const { space, rows } = await readTexts(
    tickets,
    Math.max(...subjects.map(({ labels }) => labels.length)),
    options,
  );
  const folds = foldsOf(times);
  const trained = await train(
    {
      matrix: matrixOf(rows, space.buckets.length),
      heads: subjects.map(({ lessons }) => lessons),
      folds,
      decay: decayFor(tickets.length),
      rate: rateFor(tickets.length),
      epochs: EPOCHS,
    },
    options,
  );
  const heads: Partial<Record<LearnedField | 'articles', LabelHead>> = {};
  for (const [at, { name, labels }] of subjects.entries())
    heads[name] = quantised(labels, trained[at]?.weights ?? new Float32Array());
  const { calibration, report } = calibrate(tickets, subjects, trained, folds);
  return { embedding: options.embedding?.name ?? '', space, heads, calibration, report };
}
