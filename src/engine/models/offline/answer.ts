import { aboutness, BAR } from './aboutness.js';
import { NOTHING_FOUND } from './cues.js';
import { messageOf } from './message.js';
import type { Source } from './prompt-reader.js';
import { queryOf } from './query.js';
import { type RatedArticle, relevanceOf } from './relevance.js';
import { MOST_CLAIMS, selectUnits } from './select-units.js';
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

const PARTS = 3;
/** Claims added on a second look. */
const SOME_CLAIMS = 4;
/** Claims for each of several parts. */
const FEWEST_CLAIMS = 3;
const OBSERVATIONS = 3;
/** Articles that the given relevance hardly tells apart from the best, of which none can be said to be meant. */
const RIVALS = 2;
const HARDLY_APART = 0.16;
/** A rival that meets much less of the question than the best one is none. */
const RIVAL_COVERAGE = 0.75;
/** What is told of each rival beside the answer. */
const RIVAL_CLAIMS = 2;

/**
 * Answers by selection: for each part of the question the article that answers it, from that article the sentence
 * that says what is the case, the steps to take and what to do if they fail, in the writer's order and words. Nothing
 * is selected where the sources do not cover what the question is about.
 *
 * Where the notes name parts as open, this is a second look: only those are answered, what the notes repeat is not
 * told again, and an article that already spoke is trusted with the rest.
 */
export function answer({ subject, sources, notes }: AnswerTask): Claim[] {
  const articles = articlesOf(sources);
  if (articles.length === 0) return [];
  const remarks = notes.flatMap(itemsOf).map(squeeze);
  const told = new Set(
    articles.flatMap(({ units }) => units.filter(({ text }) => remarks.includes(squeeze(text)))),
  );
  const wanted = partsOf(subject, notes);
  const isSecondLook = told.size > 0;
  if (isSecondLook && !wanted.some(({ isOpen }) => isOpen)) return [];
  const look: Look = {
    articles,
    told,
    isBarred: rejectionOf(remarks),
    most: Math.max(FEWEST_CLAIMS, Math.ceil((isSecondLook ? SOME_CLAIMS : MOST_CLAIMS) / wanted.length)),
  };
  const chosen: Unit[] = [];
  const take = (part: Wanted) => {
    for (const unit of answerPart(part, look))
      if (!chosen.some((known) => isRepeat(known, unit))) chosen.push(unit);
  };
  for (const part of wanted) if (chosen.length < MOST_CLAIMS) take(part);
  if (chosen.length === 0 && !isSecondLook)
    take({ part: subject, query: queryOf(subject), isOneOfMany: false, isOpen: false });
  return chosen.map(({ text, source }) => ({ text, source }));
}

interface Wanted {
  readonly part: string;
  readonly query: Query;
  /** One of several parts: the order of the sources then says little about it. */
  readonly isOneOfMany: boolean;
  /** Named by the notes as not yet answered. */
  readonly isOpen: boolean;
}

interface Look {
  readonly articles: readonly Article[];
  /** What an earlier answer told and nobody objected to. */
  readonly told: ReadonlySet<Unit>;
  readonly isBarred: (text: string) => boolean;
  readonly most: number;
}

/** What was observed that bears on the part, then what the best article says, where it is about the part at all. */
function answerPart({ part, query, isOneOfMany }: Wanted, { articles, told, isBarred, most }: Look): Unit[] {
  const { ranking, weights } = relevanceOf(query, articles);
  const observed = ranking.filter(({ article, score }) => article.nature === 'observation' && score > 0);
  const written = ranking
    .filter(({ article }) => article.nature !== 'observation')
    .map((rated) => ({ ...rated, odds: aboutness(rated, ranking, isOneOfMany) }))
    .sort((a, b) => b.odds - a.odds);
  const [best] = written;
  const seen = observed
    .slice(0, OBSERVATIONS)
    .flatMap(({ article }) => article.units.filter(({ text }) => !NOTHING_FOUND.test(text)));
  const trusted = ranking.find(
    ({ article, score }) => score > 0 && article.units.some((unit) => told.has(unit)),
  );
  const isSure = best !== undefined && best.odds > BAR;
  const chosen = isSure ? best : trusted;
  const wantsSteps = told.size > 0 && ![...told].some(({ kind }) => kind === 'step');
  const wish = { part, weights, isBarred, wantsSteps, most };
  const said = chosen ? selectUnits(chosen.article, wish) : [];
  const rivals = isSure && !wantsSteps && !isOneOfMany ? rivalsOf(best, written) : [];
  const beside = rivals.flatMap(({ article }) =>
    selectUnits(article, { ...wish, most: RIVAL_CLAIMS }).slice(0, RIVAL_CLAIMS),
  );
  return [...seen.filter(({ text }) => !isBarred(text)), ...said, ...beside];
}

/** The articles that were given as about as relevant as the best one and meet about as much of the question. */
function rivalsOf(best: RatedArticle, written: readonly RatedArticle[]): RatedArticle[] {
  const { relevance: top } = best.article;
  if (top === undefined) return [];
  return written
    .filter(
      ({ article, coverage }) =>
        article !== best.article &&
        article.relevance !== undefined &&
        top - article.relevance <= HARDLY_APART &&
        coverage >= RIVAL_COVERAGE * best.coverage,
    )
    .slice(0, RIVALS);
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
  const isOpen = open.length > 0;
  const ordered = [...new Set(isOpen ? open : parts)].slice(0, PARTS);
  const isWhole = !isOpen || squeeze(ordered[0] ?? '') === squeeze(parts[0] ?? '');
  if (ordered.length === 1 && isWhole) return [{ part: told, query: context, isOneOfMany: isOpen, isOpen }];
  return ordered.map((part) => ({
    part,
    query: blend(queryOf(part), [context], 0.35),
    isOneOfMany: true,
    isOpen,
  }));
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
function rejectionOf(remarks: readonly string[]): (text: string) => boolean {
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
