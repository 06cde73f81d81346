import { TROUBLE } from '../../../../agents/text.js';
import {
  ABOUT_TEXT,
  ANAPHOR,
  CASES,
  CAUSE,
  CONSEQUENCE,
  FALLBACK,
  FALLBACK_HEADING,
  HOW_TO,
  LOOKING_HEADING,
  WANTS,
} from './cues.js';
import { worthOfUnit } from './relevance.js';
import { analysisOf, sentencesOf } from './text.js';
import type { Article, Unit } from './units.js';

/** Most claims of an answer; a list of steps that was begun is finished nevertheless. */
export const MOST_CLAIMS = 6;
/** More steps than anyone follows from a chat. */
const LONGEST_STEPS = 8;
/** A sentence's share of the best one's value and its section's share of the best one's, from which it is worth reading too. */
const WORTH_ADDING = 1.1;
/** Share of the best list item's value from which another one is worth reading too. */
const WORTH_LISTING = 0.6;
const SHORT_ANSWER = 4;
/** How much better steps fit who asks for a way. */
const HOW_TO_STEPS = 1.5;
/** Share of the best section's value from which another section's steps are given where it has none. */
const STEPS_ELSEWHERE = 0.25;

/** Share of the best section's value from which steps that mend are given before steps that only look. */
const MENDS_NEARBY = 0.6;

/** How well a section about trouble fits somebody who has none. */
const TROUBLE_SHARE = 0.4;

/** What is looked for in an article. */
export interface Wish {
  /** The part of the message that is to be answered. */
  readonly part: string;
  readonly weights: ReadonlyMap<string, number>;
  readonly isBarred: (text: string) => boolean;
  /** True where steps are what is missing, however it was asked. */
  readonly wantsSteps: boolean;
  /** Most claims to give; a list of steps that was begun is finished nevertheless. */
  readonly most: number;
}

interface Rated {
  readonly unit: Unit;
  readonly index: number;
  readonly value: number;
}

/**
 * The sentences of one article that answer a question: the one that says what is the case, then the section that
 * fits best with its steps as a whole, further sentences that tell as much, and what to do where that does not help.
 * All but the first stand in the order of the document.
 */
export function selectUnits(article: Article, wish: Wish): Unit[] {
  const { part, weights, most } = wish;
  // Steps belong to the section that fits best, told or not; what else there is to tell is sought beside what was told.
  const units = article.units.filter(
    (unit) => isClaim(unit) && (wish.wantsSteps || !wish.isBarred(unit.text)),
  );
  const question = sentencesOf(part)
    .filter((sentence) => sentence.includes('?'))
    .join(' ');
  const wants = WANTS.filter(({ asks }) => asks.test(question)).map(({ tells }) => tells);
  const rated = units.map((unit, index) => ({ unit, index, value: valueFor(unit, index, weights, wants) }));
  const isHowTo = HOW_TO.test(question);
  const hasTrouble = TROUBLE.test(part);
  const sections = [...Map.groupBy(rated, ({ unit }) => unit.section)].map(([heading, members], place) => ({
    heading,
    members,
    place,
    value: sectionValue(members, isHowTo) * (TROUBLE.test(heading) && !hasTrouble ? TROUBLE_SHARE : 1),
  }));
  const focus = best(sections, ({ value }) => value);
  if (!focus || focus.value === 0) return [];
  if (wish.wantsSteps)
    return wholeSteps(stepsFor(sections, focus))
      .map(({ unit }) => unit)
      .filter(({ text }) => !wish.isBarred(text));
  const plain = rated.filter(({ unit, value }) => unit.kind !== 'step' && value > 0);
  const placeOf = new Map(sections.map(({ heading, place }) => [heading, place]));
  const lead = best(
    plain,
    ({ unit, value }) =>
      value * leading(unit, placeOf.get(unit.section) ?? 0, unit.section === focus.heading),
  );
  const isFactual = lead !== undefined && wants.some((tells) => tells.test(lead.unit.text));
  const stepSection = stepsFor(sections, focus);
  const steps = wholeSteps(stepSection);
  const opening = isHowTo && steps.length > 0 ? undefined : lead;

  const picked = new Set<Unit>(opening ? [opening.unit] : []);
  const add = (chosen: readonly Rated[], room: number) => {
    for (const { unit } of chosen) if (picked.size < room) picked.add(unit);
  };
  if (!isFactual || stepSection === focus.members) for (const { unit } of steps) picked.add(unit);
  const top = Math.max(...rated.map(({ value }) => value));
  const room = Math.min(isFactual ? SHORT_ANSWER : MOST_CLAIMS, most);
  add(worthAdding(sections, focus, top), room);

  const last = Math.max(-1, ...rated.map(({ unit, index }) => (picked.has(unit) ? index : -1)));
  const rest = rated.filter(
    ({ unit, index }) => index > last && unit.kind === 'sentence' && isFallback(unit, weights),
  );
  const fallback = best(rest, ({ value }) => value);
  if (fallback) add([fallback], room);
  const inOrder = units.filter((unit) => picked.has(unit));
  return opening ? [opening.unit, ...inOrder.filter((unit) => unit !== opening.unit)] : inOrder;
}

interface Section {
  readonly heading: string;
  readonly members: readonly Rated[];
  readonly place: number;
  readonly value: number;
}

/** What else is worth reading, the best first: sentences that fit, in sections that fit. */
function worthAdding(sections: readonly Section[], focus: Section, top: number): Rated[] {
  return sections
    .flatMap(({ members, value }) =>
      proseOf(members, top).map((rated) => ({
        rated,
        worth: rated.value / top + value / focus.value,
      })),
    )
    .filter(({ rated, worth }) => rated.value > 0 && worth >= WORTH_ADDING)
    .sort((a, b) => b.worth - a.worth)
    .map(({ rated }) => rated);
}

/** How well a section fits: its best sentences, to each of which the heading lends a little. */
function sectionValue(members: readonly Rated[], isHowTo: boolean): number {
  const [first = 0, second = 0, third = 0] = members.map(({ value }) => value).sort((a, b) => b - a);
  const hasSteps = members.some(({ unit }) => unit.kind === 'step');
  return (first + 0.5 * second + 0.2 * third) * (hasSteps && isHowTo ? HOW_TO_STEPS : 1);
}

/** The section whose steps to give: the one that fits best and mends, or the nearest to it that has steps. */
function stepsFor(sections: readonly Section[], focus: Section): readonly Rated[] {
  const withSteps = sections.filter(
    ({ members, value }) => wholeSteps(members).length > 0 && value >= STEPS_ELSEWHERE * focus.value,
  );
  const mending = withSteps.filter(
    ({ heading, value }) => !LOOKING_HEADING.test(heading) && value >= MENDS_NEARBY * focus.value,
  );
  if (mending.length === 0 && withSteps.includes(focus)) return focus.members;
  return best(mending.length > 0 ? mending : withSteps, ({ value }) => value)?.members ?? [];
}

/** The numbered list of a section, or nothing where it is longer than anyone reads. */
function wholeSteps(members: readonly Rated[]): readonly Rated[] {
  const lists = [
    ...Map.groupBy(
      members.filter(({ unit }) => unit.kind === 'step'),
      ({ unit }) => unit.list,
    ).values(),
  ];
  const list = best(lists, (steps) => Math.max(...steps.map(({ value }) => value))) ?? [];
  return list.length <= LONGEST_STEPS ? list : [];
}

/** The running text of a section without what is said for other cases; of its list items only those that fit. */
function proseOf(members: readonly Rated[], top: number): Rated[] {
  const told = new Set<Rated>();
  for (const [at, rated] of members.entries()) {
    const { unit, value } = rated;
    const before = members[at - 1];
    const follows = CONSEQUENCE.test(unit.text) && before !== undefined && told.has(before);
    if (unit.kind === 'sentence' && (follows || !isForOthers(unit, value, top))) told.add(rated);
  }
  const sentences = [...told];
  const bullets = members.filter(({ unit }) => unit.kind === 'bullet');
  const most = Math.max(0, ...bullets.map(({ value }) => value));
  return [...bullets.filter(({ value }) => value > 0 && value >= WORTH_LISTING * most), ...sentences];
}

const isForOthers = ({ text }: Unit, value: number, top: number): boolean =>
  (caseOf(text) !== '' || ANAPHOR.test(text)) && value < 0.25 * top;

function best<Item>(items: readonly Item[], rating: (item: Item) => number): Item | undefined {
  let top: Item | undefined;
  for (const item of items) if (top === undefined || rating(item) > rating(top)) top = item;
  return top;
}

/** A shorter list item only names a thing. */
const SHORTEST_ITEM = 6;
const isClaim = ({ text, kind }: Unit): boolean =>
  text.length > 12 &&
  (kind !== 'bullet' || text.split(/\s+/).length >= SHORTEST_ITEM) &&
  /[.!?)"`*]$/.test(text) &&
  !ABOUT_TEXT.test(text) &&
  !text.endsWith('?');

/** The words that say which case a sentence is for; empty where it is for all. */
const caseOf = (text: string): string => CASES.map((pattern) => pattern.exec(text)?.[1]).find(Boolean) ?? '';

const isFallback = ({ text, section }: Unit, weights: ReadonlyMap<string, number>): boolean => {
  if (ANAPHOR.test(text)) return false;
  const condition = caseOf(text);
  return (
    FALLBACK.test(text) ||
    (FALLBACK_HEADING.test(section) && (condition === '' || shareMet(condition, weights) > 0.5))
  );
};

/** How well a sentence opens an answer: it names a cause, stands early, and is no way out for later. */
const leading = (unit: Unit, place: number, isFocus: boolean): number =>
  (CAUSE.test(unit.text) ? 1.8 : 1) *
  (FALLBACK.test(unit.text) || FALLBACK_HEADING.test(unit.section) ? 0.35 : 1) *
  (unit.kind === 'bullet' ? 0.9 : 1) *
  (isFocus ? 1.3 : 1 / (1 + 0.12 * place));

/** How much a sentence tells of what is asked. Sentences for other cases and echoes of the question tell less. */
function valueFor(
  unit: Unit,
  index: number,
  weights: ReadonlyMap<string, number>,
  wants: readonly RegExp[],
): number {
  const length = analysisOf(unit.text).terms.length;
  const condition = unit.kind === 'step' ? '' : caseOf(unit.text);
  let value = worthOfUnit(unit, weights) / (0.7 + 0.03 * Math.max(length, 6));
  if (condition !== '') value *= 0.15 + 1.05 * shareMet(condition, weights);
  if (ANAPHOR.test(unit.text)) value *= 0.55;
  if (index === 0 && unit.section === '' && !CAUSE.test(unit.text)) value *= 0.5;
  return wants.reduce((sum, tells) => sum * (tells.test(unit.text) ? 1.5 : 0.9), value);
}

/** Share of the content words of a condition that the question names too, 0 to 1. */
function shareMet(condition: string, weights: ReadonlyMap<string, number>): number {
  const terms = analysisOf(condition).terms.filter(({ weight }) => weight >= 1);
  return terms.length === 0 ? 0.6 : terms.filter(({ stem }) => weights.has(stem)).length / terms.length;
}
