import { messageOf } from './message.js';
import type { Source } from './prompt-reader.js';
import { queryOf } from './query.js';
import { type RatedArticle, relevanceOf, worthOfUnit } from './relevance.js';
import type { Query } from './similarity.js';
import { analysisOf } from './text.js';
import { type Article, articlesOf, type Unit } from './units.js';

/** A sentence of an answer with the id of the source that states it. */
export interface Claim {
  readonly text: string;
  readonly source: string;
}

export interface AnswerTask {
  readonly subject: string;
  readonly sources: readonly Source[];
  /** Texts beside the subject: remarks on an earlier attempt and earlier turns. */
  readonly notes: readonly string[];
}

/** Most claims of an answer; a list of steps that was begun is finished nevertheless. */
const MOST = 8;
const LONGEST_STEPS = 9;
const PARTS = 3;

/**
 * Answers by selection: for each part of the question the article that answers it, from that article the sentence
 * that says what is the case, the steps to take and what to do if they fail, in the writer's order and words. Nothing
 * is selected where the sources do not cover what the question is about.
 */
export function answer({ subject, sources, notes }: AnswerTask): Claim[] {
  const articles = articlesOf(sources);
  if (articles.length === 0) return [];
  const wanted = partsOf(subject, notes);
  const chosen: Unit[] = [];
  const isBarred = rejectionOf(notes);
  for (const { part, query } of wanted) {
    if (chosen.length >= MOST) break;
    const relevance = relevanceOf(query, articles);
    const observed = relevance.ranking.filter(
      ({ article, score }) => article.nature === 'observation' && score > 0,
    );
    const written = relevance.ranking.filter(({ article }) => article.nature !== 'observation');
    const best = written[0];
    const found =
      best && answers(best, written[1], articles.indexOf(best.article))
        ? select(part, best.article, relevance.weights, isBarred)
        : [];
    const seen = observed.slice(0, 3).flatMap(({ article }) => article.units);
    for (const unit of [...seen, ...found])
      if (!isBarred(unit.text) && !chosen.some((known) => isRepeat(known, unit))) chosen.push(unit);
  }
  return chosen.map(({ text, source }) => ({ text, source }));
}

/** Whether an article is about the question: logistic regression over its measures (170 help-desk tickets). */
function answers(best: RatedArticle, second: RatedArticle | undefined, position: number): boolean {
  const lead = second && second.score > 0 ? Math.min(1, Math.log(best.score / second.score)) : 1;
  const evidence =
    3.2 * best.coverage +
    best.titleHit +
    0.27 * Math.log1p(best.score) +
    1.2 * lead +
    (position === 0 ? 1.5 : 0);
  return evidence > 3.5;
}

/** Each part of the question with what it looks for; the rest of the message is its context. */
function partsOf(subject: string, notes: readonly string[]): { part: string; query: Query }[] {
  const whole = queryOf(subject);
  const { parts, sentences } = messageOf(subject);
  const open = notes
    .flatMap(itemsOf)
    .filter((note) => note.length > 8 && squeeze(subject).includes(squeeze(note)));
  const told = sentences.join(' ');
  const context =
    analysisOf(told).terms.length < 3
      ? blend(
          whole,
          notes.map((note) => queryOf(note.slice(-600))),
          0.5,
        )
      : whole;
  if (parts.length < 2 && open.length === 0) return [{ part: told, query: context }];
  const ordered = [...new Set([...parts, ...open])].slice(0, PARTS);
  return ordered.map((part) => ({ part, query: blend(queryOf(part), [context], 0.35) }));
}

function blend(main: Query, others: readonly Query[], share: number): Query {
  const sum = new Map(main);
  for (const other of others)
    for (const [stem, weight] of other) sum.set(stem, Math.max(sum.get(stem) ?? 0, weight * share));
  return sum;
}

const squeeze = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[\s*`"“”]+/g, ' ')
    .trim();
const itemsOf = (note: string): string[] =>
  note.split('\n').map((line) => line.replace(/^\s*(?:[-*•]|\d+[.)])\s+/, '').trim());

/** Sentences that a remark repeats are taken back: a remark is hardly longer than what it is about. */
function rejectionOf(notes: readonly string[]): (text: string) => boolean {
  const remarks = notes.flatMap(itemsOf).map(squeeze);
  return (text) => {
    const own = squeeze(text);
    return remarks.some((remark) => remark.includes(own) && own.length > 0.35 * remark.length);
  };
}

function isRepeat(a: Unit, b: Unit): boolean {
  if (a.text === b.text) return true;
  const [x, y] = [analysisOf(a.text).counts, analysisOf(b.text).counts];
  const shared = [...x.keys()].filter((stem) => y.has(stem)).length;
  return (
    shared >= 3 && shared >= 0.85 * Math.min(x.size, y.size) && a.kind === 'sentence' && b.kind === 'sentence'
  );
}

/** What kind of thing a question wants to hear, by its wording, and how a sentence that tells it looks. */
const WANTS: readonly { asks: RegExp; tells: RegExp }[] = [
  {
    asks: /\bhow (?:long|soon|fast|quickly)\b|\bhow many (?:minutes|hours|days)\b|\bwhen (?:will|does|do|is|are)\b|wie lange|combien de temps|hvor længe/i,
    tells:
      /\d+\s?-?(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)|\b(?:mon|tues|wednes|thurs|fri)day|\d{2}:\d{2}/i,
  },
  { asks: /\bhow (?:many|much|big|large)\b|\blimit\b|\bmaximum\b|wie viele|combien/i, tells: /\d/ },
  { asks: /\bwhere\b|\bwo\b|\boù\b|\bhvor\b/i, tells: /[>/\\]|`|\bunder\b|\bin the\b|\bat\b/i },
  {
    asks: /\bwho\b|\bwhom\b|\bwer\b|\bqui\b|\bhvem\b/i,
    tells: /\bteam\b|\bdesk\b|\bmanager\b|\bowner\b|\bext\./i,
  },
  {
    asks: /\bwhy\b|\bwarum\b|\bpourquoi\b|\bhvorfor\b|\bhow come\b|\breason\b/i,
    tells: /\bbecause\b|\bsince\b|\bcauses?\b|\bmeans\b|\breason\b|\bdue to\b|\busually\b|\balmost always\b/i,
  },
  { asks: /\bwhat (?:does|is|are)\b.*\b(?:mean|meaning|code)\b|\bmean(?:s|ing)?\b/i, tells: /\bmeans?\b/i },
];

const CAUSE =
  /\b(?:because|almost always|nearly always|usually|mostly|the (?:usual|most frequent|likely) (?:cause|reason)|means that|is caused by|comes from|the reason|so that|due to)\b/i;
/** Sentences that talk about the text itself or send the reader elsewhere. */
const ABOUT_TEXT =
  /^(?:this (?:article|page|guide|list|text|is for|is about|explains|concerns|covers)|for (?:people|anyone|everyone|colleagues|those|whoever|all)|it concerns|find your|these (?:steps|notes)|below|read|(?:please )?see|the following|here)\b|\b(?:is the subject of|continue with|read|see|follow|described in|as in|explained in) "[^"]{8,}"/i;
const ANAPHOR =
  /^(?:it|this|that|these|those|they|he|she|then|after that|but|and|so|also|both|either|the same|otherwise|instead|alternatively|in that case|there)\b/i;
const CONDITION =
  /^(?:if|when|should|unless|without|on an?|in case|outside|inside|after|before|where|for (?:an?|the|new))\b(.*?)(?:,|:|;|\bthen\b|$)/i;
const FALLBACK =
  /^(?:if (?:that|this|it|none|nothing|you cannot|you can't|neither)\b|(?:otherwise|should that|still)\b)|\b(?:does not help|did not help|still fails?|not help|cannot wait|service desk|call ext)\b/i;
const FALLBACK_SECTION =
  /\b(?:if|still|cannot|not help|else|otherwise|who to|ask|next|help|wait|contact|reporting|escalat|worse)\b/i;

/** The sentences of one article that answer one part, in document order, but the one that says what is the case first. */
function select(
  part: string,
  article: Article,
  weights: ReadonlyMap<string, number>,
  isBarred: (text: string) => boolean,
): Unit[] {
  const units = article.units.filter(({ text }) => !isBarred(text) && isClaim(text));
  const wants = WANTS.filter(({ asks }) => asks.test(part)).map(({ tells }) => tells);
  const rated = units.map((unit, index) => ({ unit, index, value: value(unit, index, weights, wants) }));
  const top = Math.max(0, ...rated.map(({ value }) => value));
  if (top === 0) return [];
  const picked = new Set<Unit>();
  const single = rated.filter(({ unit }) => unit.kind !== 'step').sort((a, b) => b.value - a.value);
  const lead = single[0];
  if (lead && lead.value > 0) picked.add(lead.unit);
  const steps = bestSteps(rated);
  const isFactual =
    wants.length > 0 && lead !== undefined && wants.some((tells) => tells.test(lead.unit.text));
  if (steps && !(isFactual && steps.value < 0.8 * top)) for (const step of steps.units) picked.add(step);
  for (const { unit, value } of single.slice(1)) {
    if (picked.size >= (isFactual ? 5 : MOST - 1) || value < 0.45 * top) break;
    picked.add(unit);
  }
  if (picked.size < MOST) {
    const after = Math.max(...units.map((unit, index) => (picked.has(unit) ? index : -1)));
    const fallback = rated.find(
      ({ unit, index }) => index > after && unit.kind === 'sentence' && isFallback(unit),
    );
    if (fallback) picked.add(fallback.unit);
  }
  const inOrder = units.filter((unit) => picked.has(unit));
  return lead ? [lead.unit, ...inOrder.filter((unit) => unit !== lead.unit)] : inOrder;
}

const isClaim = (text: string): boolean =>
  text.length > 12 && /[.!?)"`*]$/.test(text) && !ABOUT_TEXT.test(text) && !/\?$/.test(text);

const isFallback = ({ text, section }: Unit): boolean =>
  FALLBACK.test(text) || (FALLBACK_SECTION.test(section) && !ANAPHOR.test(text) && conditionOf(text) === '');

const conditionOf = (text: string): string => CONDITION.exec(text)?.[1] ?? '';

/** How much a sentence tells of what is asked. Sentences for other cases and echoes of the question tell less. */
function value(
  unit: Unit,
  index: number,
  weights: ReadonlyMap<string, number>,
  wants: readonly RegExp[],
): number {
  let result = worthOfUnit(unit, weights);
  const length = analysisOf(unit.text).terms.length;
  if (length > 0) result *= 1 / (0.7 + 0.03 * Math.max(length, 6));
  if (CAUSE.test(unit.text)) result *= 1.25;
  for (const tells of wants) result *= tells.test(unit.text) ? 1.5 : 0.9;
  const condition = conditionOf(unit.text);
  if (condition !== '' && unit.kind !== 'step') result *= 0.3 + 0.9 * shareMet(condition, weights);
  if (ANAPHOR.test(unit.text)) result *= 0.55;
  if (index === 0 && !CAUSE.test(unit.text)) result *= 0.5;
  return result;
}

/** Share of the content words of a condition that the question names too, 0 to 1. */
function shareMet(condition: string, weights: ReadonlyMap<string, number>): number {
  const terms = analysisOf(condition).terms.filter(({ weight }) => weight >= 1);
  return terms.length === 0 ? 0.6 : terms.filter(({ stem }) => weights.has(stem)).length / terms.length;
}

interface Rated {
  readonly unit: Unit;
  readonly value: number;
}

/** The numbered list that fits best, whole; a list of more steps than anyone reads is not taken. */
function bestSteps(rated: readonly Rated[]): { units: Unit[]; value: number } | undefined {
  const lists = Map.groupBy(
    rated.filter(({ unit }) => unit.kind === 'step'),
    ({ unit }) => unit.list,
  );
  const candidates = [...lists.values()]
    .filter((list) => list.length <= LONGEST_STEPS)
    .map((list) => {
      const values = list.map(({ value }) => value).sort((a, b) => b - a);
      return { units: list.map(({ unit }) => unit), value: (values[0] ?? 0) + 0.3 * (values[1] ?? 0) };
    });
  return candidates.sort((a, b) => b.value - a.value)[0];
}
