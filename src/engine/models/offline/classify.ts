import type { Example, OptionList } from './prompt-reader.js';
import { queryOf } from './query.js';
import { degreesNamed, degreesShown } from './scales.js';
import { SimilarityIndex } from './similarity.js';

export interface Ranked {
  readonly label: string;
  /** Share of the evidence that speaks for it, 0 to 1; the shares of a list sum to 1. */
  readonly score: number;
  /** Likeness before it is turned into a share: comparable between messages. */
  readonly likeness: number;
}

/** A message said to belong to a label. */
export interface Labelled {
  readonly input: string;
  readonly label: string;
}

const EXAMPLE_SHARE = 1;
const NOTE_SHARE = 0.5;
/** Below this likeness nothing in the list resembles the message. */
export const STRANGE = 0.08;
const LEVEL_SHARPNESS = 3;
/** Makes the shares honest: labels given 0.7 were right about as often on 170 help-desk tickets. */
const SHARPNESS = 24;

const indexes = new WeakMap<OptionList, SimilarityIndex>();
/** The options of a frame stay the same from call to call, and so does their index. */
function indexOf(list: OptionList): SimilarityIndex {
  const known = indexes.get(list);
  if (known) return known;
  const made = new SimilarityIndex(
    list.options.map(({ label, description }) => `${spell(label)} ${spell(label)} ${description}`),
  );
  indexes.set(list, made);
  return made;
}

/** A label as running text: `network/vpn` and `networkVpn` are two words each. */
const spell = (label: string): string =>
  label.replace(/[/_.:>-]+/g, ' ').replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2');

/** The worked cases that name one of the options in the wanted member. */
export function labelled(examples: readonly Example[], list: OptionList, member: string): Labelled[] {
  const labels = new Set(list.options.map(({ label }) => label));
  return examples.flatMap(({ input, output }) => {
    const named = output[member] ?? (Object.keys(output).length === 1 ? Object.values(output)[0] : undefined);
    const value = typeof named === 'string' || typeof named === 'number' ? String(named) : undefined;
    return value !== undefined && labels.has(value) ? [{ input, label: value }] : [];
  });
}

/**
 * Ranks the options by likeness of the message to their names, descriptions and worked cases, best first. Notes beside
 * the message speak too where the message itself resembles anything in the list.
 */
export function rank(
  subject: string,
  list: OptionList,
  cases: readonly Labelled[],
  notes: readonly string[] = [],
): Ranked[] {
  const query = queryOf(subject);
  const index = indexOf(list);
  const toLabels = index.scores(query);
  const isStrange = Math.max(...toLabels) < STRANGE;
  const hints = isStrange ? [] : notes.map((note) => index.scores(queryOf(note)));
  const toCases = cases.map(({ input }) => index.likeness(query, input));
  const usual = toCases.reduce((sum, score) => sum + score, 0) / Math.max(1, toCases.length);
  const likeness = list.options.map(({ label }, at) => {
    const best = Math.max(
      0,
      ...cases.map((known, index) => (known.label === label ? (toCases[index] ?? 0) - usual : 0)),
    );
    const hinted = hints.reduce((most, scores) => Math.max(most, scores[at] ?? 0), 0);
    return (toLabels[at] ?? 0) + EXAMPLE_SHARE * best + NOTE_SHARE * hinted;
  });
  return ranked(
    list.options.map(({ label }) => label),
    likeness,
    SHARPNESS,
  );
}

function ranked(labels: readonly string[], likeness: readonly number[], sharpness: number): Ranked[] {
  const top = Math.max(...likeness);
  const powers = likeness.map((value) => Math.exp(sharpness * (value - top)));
  const sum = powers.reduce((total, power) => total + power, 0);
  return labels
    .map((label, at) => ({ label, score: (powers[at] ?? 0) / sum, likeness: likeness[at] ?? 0 }))
    .sort((a, b) => b.likeness - a.likeness);
}

/** Ranks the levels of a scale: by the extent or haste that the message shows, by wording and by worked cases. */
export function rankLevels(subject: string, list: OptionList, cases: readonly Labelled[]): Ranked[] {
  const shown = degreesShown(subject);
  const byWording = new Map(rank(subject, list, cases).map(({ label, likeness }) => [label, likeness]));
  const likeness = list.options.map(({ label, description }) => {
    const named = Object.entries(degreesNamed(description));
    const total = named.reduce((sum, [, clearly]) => sum + clearly, 0) || 1;
    const fit = named.reduce((sum, [degree, clearly]) => sum + (clearly / total) * (shown[degree] ?? 0), 0);
    return fit + (byWording.get(label) ?? 0);
  });
  return ranked(
    list.options.map(({ label }) => label),
    likeness,
    LEVEL_SHARPNESS,
  );
}
