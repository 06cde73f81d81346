import type { OptionList, Prompt } from './prompt-reader.js';
import { degreesNamed } from './scales.js';
import type { Shape } from './shape.js';
import { analysisOf, kinship } from './text.js';

const CHOICE =
  /\blabels?\b|\bcategor\w+|\bclass\w*|\bone of\b|\bexactly one\b|\bkind\b|\btype\b|\btopic\b|\bintent\b|\bcause\b|\bcandidates?\b|\bqueue\b|\bteam\b|\bpriority\b/i;
const EXTENT = /\bimpact|\bextent|\bscope|\breach|\bbreadth|\baffected|\bhow many/i;
const HASTE = /\burgen|\bhaste|\bpressing|\bsoon|\btime|\bdeadline|\bpriority/i;

const isLevel = ({ options }: OptionList): boolean =>
  options.every(({ label }) => /^\D*-?\d+\D*$/.test(label));
const values = ({ options }: OptionList): Set<string> => new Set(options.map(({ label }) => label));

/** How many content words of a name a meaning shares, inflections included. */
function affinity(name: string, meaning: string): number {
  const wanted = [...analysisOf(meaning).counts.keys()];
  return [...analysisOf(name.replace(/[_-]/g, ' ')).counts.keys()].filter((stem) =>
    wanted.some((word) => kinship(word, stem) > 0),
  ).length;
}

/** The values that worked cases show for a member. */
const shownFor = (name: string, { examples }: Prompt): string[] =>
  examples.flatMap(({ output }) =>
    output[name] === undefined || output[name] === null ? [] : [String(output[name])],
  );

/**
 * The list that a text member is to be chosen from: named like it, else the longest one, where the member's meaning
 * speaks of a choice at all.
 */
export function bestList(need: Shape, lists: readonly OptionList[], context = ''): OptionList | undefined {
  const meaning = `${need.meaning} ${context}`;
  const candidates = lists.filter((list) => !isLevel(list) || lists.length === 1);
  const rated = candidates
    .map((list) => ({ list, rating: affinity(list.name, meaning) }))
    .sort((a, b) => b.rating - a.rating || b.list.options.length - a.list.options.length);
  const best = rated[0];
  return best && (best.rating > 0 || CHOICE.test(meaning)) ? best.list : undefined;
}

/** The scale that a number member is to be read from: its worked cases, its name, or what its levels speak of. */
export function levelList(need: Shape, prompt: Prompt): OptionList | undefined {
  const shown = shownFor(need.name, prompt);
  const rated = prompt.lists.filter(isLevel).map((list) => {
    const own = degreesNamed(list.options.map(({ description }) => description).join(' '));
    const extent = (own.one ?? 0) + (own.group ?? 0) + (own.all ?? 0);
    const haste = (own.halt ?? 0) + (own.hinder ?? 0) + (own.wait ?? 0);
    const leaning =
      (EXTENT.test(need.meaning) ? extent - haste : 0) + (HASTE.test(need.meaning) ? haste - extent : 0);
    const fits = shown.every((value) => values(list).has(value));
    return { list, rating: 2 * affinity(list.name, need.meaning) + leaning + (fits ? 0 : -10) };
  });
  return rated.sort((a, b) => b.rating - a.rating)[0]?.list;
}
