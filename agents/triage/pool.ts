import type { LabelShare, LearnedLabel } from '../ports.js';

/** What a model thinks of labels, 0 to 1 each; those that it does not name it thinks little of. */
export type Opinion = ReadonlyMap<string, number>;

/**
 * With so few solved tickets a model that reads the labels' meaning knows more than they teach; its say falls with the
 * square root of their number, as the error of what is learned does.
 */
const FEW_LESSONS = 300;
/** How much each side counts among few lessons, and what a label has that it does not name. */
const LEARNED = { discount: 0.3, least: 0.003 };
const MODEL = { weight: 0.8, least: 0.02 };

/** How far the model is trusted beside the lessons, 1 at most. */
const trustAfter = (lessons: number): number => Math.min(1, Math.sqrt(FEW_LESSONS / Math.max(1, lessons)));

/**
 * Pools what solved tickets teach with what a model thinks, as the weighted product of both (Genest and Zidek 1986); best
 * first, the shares sum to 1. The weights are those that fit 375 solved sample tickets, each judged without itself.
 */
export function pool({ labels, learned }: LearnedLabel, opinion: Opinion): readonly LabelShare[] {
  const trust = trustAfter(learned);
  const taught = new Map(labels.map(({ label, share }) => [label, share]));
  const products = [...new Set([...taught.keys(), ...opinion.keys()])].map((label) => ({
    label,
    product:
      ((taught.get(label) ?? 0) + LEARNED.least) ** (1 - LEARNED.discount * trust) *
      ((opinion.get(label) ?? 0) + MODEL.least) ** (MODEL.weight * trust),
  }));
  const sum = products.reduce((total, { product }) => total + product, 0);
  return products
    .map(({ label, product }) => ({ label, share: product / sum }))
    .sort((a, b) => b.share - a.share || (a.label < b.label ? -1 : 1));
}
