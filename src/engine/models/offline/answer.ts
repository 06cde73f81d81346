import { messageOf } from './message.js';
import type { Source } from './prompt-reader.js';
import { queryOf } from './query.js';
import { type RatedArticle, relevanceOf } from './relevance.js';
import { MOST_CLAIMS, selectUnits } from './select-units.js';
import type { Query } from './similarity.js';
import { analysisOf } from './text.js';
import { articlesOf, type Unit } from './units.js';

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
  const wanted = partsOf(subject, notes);
  const chosen: Unit[] = [];
  const isBarred = rejectionOf(notes);
  for (const { part, query } of wanted) {
    if (chosen.length >= MOST_CLAIMS) break;
    const relevance = relevanceOf(query, articles);
    const observed = relevance.ranking.filter(
      ({ article, score }) => article.nature === 'observation' && score > 0,
    );
    const written = relevance.ranking.filter(({ article }) => article.nature !== 'observation');
    const best = written[0];
    const found =
      best && isAbout(best, written[1]) ? selectUnits(part, best.article, relevance.weights, isBarred) : [];
    const seen = observed.slice(0, 3).flatMap(({ article }) => article.units);
    for (const unit of [...seen, ...found])
      if (!isBarred(unit.text) && !chosen.some((known) => isRepeat(known, unit))) chosen.push(unit);
  }
  return chosen.map(({ text, source }) => ({ text, source }));
}

/** Whether an article is about the question: logistic regression over its measures, fitted to 170 help-desk tickets. */
function isAbout(best: RatedArticle, second: RatedArticle | undefined): boolean {
  const lead = second && second.score > 0 ? Math.min(1, Math.log(best.score / second.score)) : 1;
  const evidence =
    2.35 * best.coverage +
    0.7 * best.titleHit +
    0.4 * Math.log1p(best.score) +
    0.9 * lead +
    (best.place === 0 ? 1.4 : 0) +
    (best.sharesCode ? 0.95 : 0);
  return evidence > BAR;
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
