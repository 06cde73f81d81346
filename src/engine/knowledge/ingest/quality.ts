import type { ArticleInput } from '../../runtime.contract.js';
import { analyse } from '../analysis.js';

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

/** What stands in the way of finding and quoting an article; empty where nothing does. Pure. */
export const qualityOf = (article: ArticleInput): readonly string[] =>
  CHECKS.filter(({ holds }) => holds(article)).map(({ text }) => text);

function hasForeignTitle({ title, body }: ArticleInput): boolean {
  const words = analyse(title);
  const said = body.toLowerCase();
  // A stem is nearly always the beginning of its words, and this costs no analysis of the whole body.
  return words.length > 0 && !words.some((word) => said.includes(word));
}
