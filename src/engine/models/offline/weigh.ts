import { rank } from './classify.js';
import { NEGATIONS } from './lexicon.js';
import type { Option, OptionList, Source } from './prompt-reader.js';
import { analysisOf } from './text.js';

export interface Weighed {
  readonly option: string;
  /** 0 to 1; the scores of a list sum to at most 1. */
  readonly score: number;
  readonly supportedBy: readonly string[];
  readonly refutedBy: readonly string[];
}

const AGAINST =
  /\b(?:refuted|ruled out|contradicted|excluded|disproved|speaks? against|unless|not if)\b[^;.]*/gi;
const OPPOSITES: readonly (readonly [RegExp, RegExp])[] = [
  [/\bexpired|past its end|lapsed\b/i, /\bvalid\b|\bin date\b|\bnot expired\b/i],
  [/\bnot yet valid|future\b/i, /\bexpired\b|\bis valid\b/i],
  [
    /\b(?:not|no|never|cannot|missing|unreachable|refused|timeout|nxdomain|fail\w*)\b/i,
    /\b(?:ok|yes|resolves|found|reachable|answered|accepts|works|trusted)\b/i,
  ],
];

const LIFT = 0.5;

/** How an observation speaks to an option: 1 for, -1 against, 0 not at all. */
function verdict({ label, description }: Option, { title, text, fields }: Source): number {
  const told = `${title} ${text} ${Object.values(fields).join(' ')}`;
  const against = (description.match(AGAINST) ?? []).join(' ');
  const inFavour = `${label} ${description.replace(AGAINST, ' ')}`;
  const seen = analysisOf(told);
  const meets = (claim: string): number => {
    const stems = new Set(
      analysisOf(claim)
        .terms.filter(({ weight }) => weight >= 1)
        .map(({ stem }) => stem),
    );
    return [...stems].filter((stem) => seen.counts.has(stem)).length / Math.max(3, stems.size);
  };
  const [support, refutation] = [meets(inFavour), against === '' ? 0 : meets(against)];
  if (refutation > support) return -1;
  if (meets(label) < 0.3 && support < 0.3) return 0;
  const isOpposed = OPPOSITES.some(
    ([one, other]) => one.test(inFavour) && other.test(told) && !one.test(told),
  );
  const isDenied =
    seen.words.some((word) => NEGATIONS.has(word)) !==
    analysisOf(inFavour).words.some((word) => NEGATIONS.has(word));
  if (isOpposed) return -1;
  return isDenied ? 0 : 1;
}

/** Weighs options by how the message and each observation speak to them, the most probable first. */
export function weigh(
  subject: string,
  list: OptionList,
  observations: readonly Source[],
  limit: number,
): Weighed[] {
  const likeness = new Map(rank(subject, list, []).map((ranked) => [ranked.label, ranked]));
  const weighed = list.options.map((option) => {
    const verdicts = observations.map((source) => ({ id: source.id, speaks: verdict(option, source) }));
    const supportedBy = verdicts.filter(({ speaks }) => speaks > 0).map(({ id }) => id);
    const refutedBy = verdicts.filter(({ speaks }) => speaks < 0).map(({ id }) => id);
    const prior = likeness.get(option.label)?.likeness ?? 0;
    const weight = Math.max(0, prior + LIFT * (supportedBy.length - refutedBy.length));
    return { option: option.label, weight, supportedBy, refutedBy };
  });
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0) + 0.2;
  return weighed
    .filter(({ weight, refutedBy }) => weight > 0.05 || refutedBy.length > 0)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, limit)
    .map(({ weight, ...rest }) => ({ ...rest, score: Math.round((1_000 * weight) / total) / 1_000 }));
}
