import { messageOf } from './message.js';
import type { Source } from './prompt-reader.js';
import { queryOf } from './query.js';
import { type RatedArticle, relevanceOf } from './relevance.js';
import { MOST_CLAIMS, selectUnits } from './select-units.js';
import type { Query } from './similarity.js';
import { analysisOf, sentencesOf } from './text.js';
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

const PARTS = 3;
const OBSERVATIONS = 3;
/** Evidence from which an article is taken for the one that answers: about as often right as wrong at the bar itself. */
const BAR = 3.7;

/**
 * Answers by selection: for each part of the question the article that answers it, from that article the sentence
 * that says what is the case, the steps to take and what to do if they fail, in the writer's order and words. Nothing
 * is selected where the sources do not cover what the question is about.
 */
export function answer({ subject, sources, notes }: AnswerTask): Claim[] {
  const articles = articlesOf(sources);
  if (articles.length === 0) return [];
  const isBarred = rejectionOf(notes);
  const chosen: Unit[] = [];
  const take = (wanted: Wanted) => {
    const found = answerPart(wanted, articles, isBarred);
    for (const unit of found) if (!chosen.some((known) => isRepeat(known, unit))) chosen.push(unit);
  };
  for (const wanted of partsOf(subject, notes)) if (chosen.length < MOST_CLAIMS) take(wanted);
  if (chosen.length === 0) take({ part: subject, query: queryOf(subject), isOneOfMany: false });
  return chosen.map(({ text, source }) => ({ text, source }));
}

interface Wanted {
  readonly part: string;
  readonly query: Query;
  /** One of several parts: the order of the sources then says little about it. */
  readonly isOneOfMany: boolean;
}

/** What was observed that bears on the part, then what the best article says, where it is about the part at all. */
function answerPart(
  { part, query, isOneOfMany }: Wanted,
  articles: readonly Article[],
  isBarred: (text: string) => boolean,
): Unit[] {
  const { ranking, weights } = relevanceOf(query, articles);
  const observed = ranking.filter(({ article, score }) => article.nature === 'observation' && score > 0);
  const [first, second] = ranking.filter(({ article }) => article.nature !== 'observation');
  const seen = observed.slice(0, OBSERVATIONS).flatMap(({ article }) => article.units);
  const question = sentencesOf(part)
    .filter((sentence) => sentence.includes('?'))
    .join(' ');
  const told =
    first && isAbout(first, second, isOneOfMany)
      ? selectUnits(question, first.article, weights, isBarred)
      : [];
  return [...seen.filter(({ text }) => !isBarred(text)), ...told];
}

/** Whether an article is about the question: logistic regression over its measures, fitted to 170 help-desk tickets. */
function isAbout(best: RatedArticle, second: RatedArticle | undefined, isOneOfMany: boolean): boolean {
  const lead = second && second.score > 0 ? Math.min(1, Math.log(best.score / second.score)) : 1;
  const evidence =
    2.35 * best.coverage +
    0.7 * best.titleHit +
    0.4 * Math.log1p(best.score) +
    0.9 * lead +
    (isOneOfMany ? 0.9 : best.place === 0 ? 1.4 : 0) +
    (best.sharesCode ? 0.95 : 0);
  return evidence > BAR;
}

/** Each part of the question with what it looks for; the rest of the message is its context. */
function partsOf(subject: string, notes: readonly string[]): Wanted[] {
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
  const ordered = [...new Set([...parts, ...open])].slice(0, PARTS);
  if (ordered.length === 1) return [{ part: told, query: context, isOneOfMany: open.length > 0 }];
  return ordered.map((part) => ({ part, query: blend(queryOf(part), [context], 0.35), isOneOfMany: true }));
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
