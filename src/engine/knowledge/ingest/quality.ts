import { z } from 'zod';
import type { ArticleInput, QualityMeasures } from '../../runtime.contract.js';
import { analyse } from '../analysis.js';
import type { Rejection } from './article.schema.js';

/** Characters below which an article can hardly answer anything. */
const SHORT = 200;
/** A longer text without headings is cut where its sentences end, not where its topics do. */
const NEEDS_HEADINGS = 3_000;
const LONG_PARAGRAPH = 2_500;

const HEADING = /^ {0,3}#{1,6}[ \t]+\S/m;
const LEFTOVER = /\b(?:lorem ipsum|TODO|TBD|FIXME|xxx+)\b/;

/** What an author could mend, and the sentence that says so; each looks at one article alone. */
const CHECKS: readonly { readonly text: string; readonly holds: (article: ArticleInput) => boolean }[] = [
  { text: 'It says very little.', holds: ({ body }) => body.trim().length < SHORT },
  {
    text: 'It is long and has no headings, so that passages begin and end anywhere.',
    holds: ({ body }) => body.length > NEEDS_HEADINGS && !HEADING.test(body),
  },
  {
    text: 'A paragraph is too long to be quoted.',
    holds: ({ body }) => body.split(/\n\s*\n/).some((paragraph) => paragraph.length > LONG_PARAGRAPH),
  },
  { text: 'No word of its title occurs in it.', holds: hasForeignTitle },
  { text: 'It holds a placeholder that was never filled in.', holds: ({ body }) => LEFTOVER.test(body) },
];

/** What is worth telling of a measure, and where a document becomes worse than none. */
const GATES: readonly {
  readonly measure: keyof QualityMeasures;
  readonly fair: number;
  readonly least: number;
  readonly text: (share: number) => string;
}[] = [
  {
    measure: 'extraction',
    fair: 0.95,
    least: 0.3,
    text: (share) => `Only ${percent(share)} of its pages hold text; the others are pictures.`,
  },
  {
    measure: 'readability',
    fair: 0.95,
    least: 0.6,
    text: (share) => `Only ${percent(share)} of it is text that a person could read.`,
  },
  {
    measure: 'originality',
    fair: 0.5,
    least: 0.05,
    text: (share) => `Only ${percent(share)} of its longer lines say something new.`,
  },
];

const percent = (share: number) => `${Math.round(share * 100)} %`;

/** A line below this may repeat: list markers, table heads, short commands. */
const LONG_LINE = 40;
/** Nothing that people read runs on so long without a space; scripts that are written without spaces are not meant. */
const UNBROKEN = /[!-~]{200,}/g;
/** No character, one of a font's own, or the mark of one that was lost. */
const ILLEGIBLE = /[\p{Cc}\p{Co}\p{Cn}\uFFFD]/gu;

/** What an article's reader left about it in its metadata. */
const extractionSchema = z.object({ extraction: z.object({ share: z.number().min(0).max(1) }) });

function readability(body: string): number {
  const characters = body.replaceAll(/\s+/g, '');
  const illegible = characters.match(ILLEGIBLE)?.length ?? 0;
  const unbroken = (body.match(UNBROKEN) ?? []).reduce((sum, run) => sum + run.length, 0);
  return Math.max(0, 1 - (illegible + unbroken) / Math.max(characters.length, 1));
}

function originality(body: string): number {
  const long = body.split('\n').flatMap((line) => (line.length >= LONG_LINE ? [line.trim()] : []));
  return long.length === 0 ? 1 : new Set(long).size / long.length;
}

/** How well a document was got hold of, how much of it is text, how much of that is new: shares from 0 to 1. Pure. */
export function measure({ body, metadata }: ArticleInput): QualityMeasures {
  const told = extractionSchema.safeParse(metadata);
  const round = (share: number) => Math.round(share * 1_000) / 1_000;
  return {
    extraction: round(told.success ? told.data.extraction.share : 1),
    readability: round(readability(body)),
    originality: round(originality(body)),
  };
}

/** Why a document had better not be answered from; undefined where it may. */
export function gateOf(measures: QualityMeasures): Rejection | undefined {
  const failed = GATES.filter(({ measure: name, least }) => measures[name] < least);
  if (failed.length === 0) return undefined;
  const detail = failed.map(({ measure: name, text }) => text(measures[name])).join(' ');
  return { code: 'DOCUMENT_QUALITY', detail };
}

/** What the measures of a document give to think about; empty where nothing. Pure. */
export const findingsOf = (measures: QualityMeasures): readonly string[] =>
  GATES.filter(({ measure: name, fair }) => measures[name] < fair).map(({ measure: name, text }) =>
    text(measures[name]),
  );

/** What stands in the way of finding and quoting an article; empty where nothing does. Pure. */
export const qualityOf = (article: ArticleInput): readonly string[] =>
  CHECKS.filter(({ holds }) => holds(article)).map(({ text }) => text);

function hasForeignTitle({ title, body }: ArticleInput): boolean {
  const words = analyse(title);
  const said = body.toLowerCase();
  // A stem is nearly always the beginning of its words, and this costs no analysis of the whole body.
  return words.length > 0 && !words.some((word) => said.includes(word));
}
