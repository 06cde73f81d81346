import { stemmer } from 'stemmer';
import { FUNCTION_WORDS, WEAK_WORDS } from './lexicon.js';
import { memoize } from './lru.js';
import { fold, headOf, phraseAt } from './thesaurus.js';

/** A content word of a text. */
export interface Term {
  /** What is compared: the stem of the word, or of the head of its group of synonyms. */
  readonly stem: string;
  readonly surface: string;
  /** The usual word for it, where the text has another or another language's. */
  readonly usual?: string;
  readonly start: number;
  /** Host names, codes, paths, numbers with letters: what must not be taken for something similar. */
  readonly identifier: boolean;
  /** Share of a plain content word's weight, 0 to 2. */
  readonly weight: number;
}

export interface Analysis {
  readonly terms: readonly Term[];
  /** Stem to its number of occurrences. */
  readonly counts: ReadonlyMap<string, number>;
  /** Every word in lower case without accents, function words included. */
  readonly words: readonly string[];
}

const TOKEN = /[\p{L}\p{N}]+(?:['’][\p{L}]+)*(?:[-._:/\\@+][\p{L}\p{N}]+(?:['’][\p{L}]+)*)*/gu;
const IDENTIFIER =
  /^(?=.*[._:/\\@\d-])(?:\S*\p{L}\S*\d\S*|\d+x\S+|\d+(?:\.\d+){2,}|\S*[_@\\]\S*|[\p{L}\d-]{2,}(?:\.[\p{Ll}\d-]{2,})+(?::\d+)?)$/u;
/** Longer tokens are no names that anybody compares; testing them takes the cube of their length. */
const LONGEST_IDENTIFIER = 100;
/** Moments tell one log from another, never what a text is about. */
const TIMESTAMP = /^\d{4}-\d\d(?:-\d\d)?(?:t\d\d|$)|^\d{1,2}:\d\d/;
const MEASURE = /^\d+[-.,:/]?\p{L}+$/u;

const stemOf = memoize(20_000, (word) => {
  const stem = stemmer(headOf(word) ?? word);
  return headOf(stem) === undefined ? stem : stemmer(headOf(stem) ?? stem);
});

const STOP = new Set(Object.values(FUNCTION_WORDS).flatMap((words) => [...words]));
/** Abbreviations after which a full stop does not end a sentence. */
const ABBREVIATION =
  /(?:^|[\s(])(?:ext|e\.g|i\.e|approx|no|nr|vs|etc|tel|dr|mr|mrs|ms|st|fig|incl|max|min|z\.B|bzw|ca|usw|p\.ex)\.\s*$/i;

interface Piece {
  readonly surface: string;
  readonly start: number;
  readonly identifier: boolean;
}

/** A token as one identifier, as its words, or both (`PRINT-ANY` is a name and two words). */
function pieces(token: string, start: number): Piece[] {
  const identifier = token.length <= LONGEST_IDENTIFIER && IDENTIFIER.test(token) && !MEASURE.test(token);
  const whole = { surface: token, start, identifier };
  if (identifier && !token.includes('-')) return [whole];
  const parts = [...token.matchAll(/[\p{L}\p{N}'’]+/gu)].map((part) => ({
    surface: part[0],
    start: start + part.index,
    identifier: false,
  }));
  const isName = identifier || (parts.length > 1 && token === token.toUpperCase() && /\p{L}/u.test(token));
  return isName
    ? [{ ...whole, identifier: true }, ...parts.filter((part) => /^\p{L}{3,}/u.test(part.surface))]
    : parts;
}

const weightOf = (word: string, identifier: boolean): number => {
  if (TIMESTAMP.test(word)) return 0.2;
  if (identifier) return 1.6;
  if (/^\d+$/.test(word)) return word.length >= 4 ? 1.4 : 0.4;
  return WEAK_WORDS.has(word) ? 0.25 : 1;
};

const endOf = ({ surface, start }: Piece): number => start + surface.length;

function analyse(text: string): Analysis {
  const found = [...text.matchAll(TOKEN)].flatMap((match) => pieces(match[0], match.index));
  const words = found.map((piece) =>
    fold(piece.surface)
      .replace(/^(?:[cdjlmnst]|qu)'(?=\p{L}{2})|'s$/gu, '')
      .replaceAll("'", ''),
  );
  const terms: Term[] = [];
  for (let index = 0; index < found.length; index += 1) {
    const piece = found[index];
    const word = words[index] ?? '';
    if (!piece) continue;
    const phrase = piece.identifier ? undefined : phraseAt(words, index);
    if (phrase) {
      const surface = text.slice(piece.start, endOf(found[index + phrase.length - 1] ?? piece));
      terms.push({
        stem: stemOf(phrase.head),
        surface,
        usual: phrase.head,
        start: piece.start,
        identifier: false,
        weight: 1,
      });
      index += phrase.length - 1;
    } else if (piece.identifier) {
      terms.push({
        stem: word,
        surface: piece.surface,
        start: piece.start,
        identifier: true,
        weight: weightOf(word, true),
      });
    } else if (!STOP.has(word) && (word.length > 1 || /\d/.test(word))) {
      const { surface, start } = piece;
      const usual = headOf(word);
      const weight = weightOf(word, false);
      terms.push({
        stem: stemOf(word),
        surface,
        start,
        identifier: false,
        weight,
        ...(usual && stemmer(usual) !== stemmer(word) && { usual }),
      });
    }
  }
  const counts = new Map<string, number>();
  for (const { stem } of terms) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  return { terms, counts, words };
}

/** Words, stems and identifiers of a text. Remembered for texts seen before, as labels and passages are. */
export const analysisOf = memoize(4_000, analyse);

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

/** The sentences of a paragraph, trimmed, each a verbatim slice but for line breaks inside it. */
export const sentencesOf = memoize(4_000, (text: string): readonly string[] => {
  const joined: string[] = [];
  let open = false;
  for (const { segment } of segmenter.segment(text.replace(/\s*\n\s*/g, ' '))) {
    if (open) joined.push((joined.pop() ?? '') + segment);
    else joined.push(segment);
    const whole = joined.at(-1) ?? '';
    open = ABBREVIATION.test(whole) || (whole.split('`').length % 2 === 0 && whole.length < 400);
  }
  return joined.map((sentence) => sentence.trim()).filter(Boolean);
});

/**
 * How far two stems are the same word, 0 to 1: inflections that the stemmer leaves apart and single slips of the
 * keyboard. Identifiers are equal or different, never similar.
 */
export function kinship(a: string, b: string): number {
  if (a === b) return 1;
  const long = Math.max(a.length, b.length);
  const short = Math.min(a.length, b.length);
  if (short < 4 || /\d/.test(a) || /\d/.test(b)) return 0;
  let prefix = 0;
  while (prefix < short && a[prefix] === b[prefix]) prefix += 1;
  if (prefix >= 4 && prefix >= 0.75 * long) return 0.8;
  return short >= 5 && long - short <= 1 && oneSlip(a, b, prefix) ? 0.8 : 0;
}

/** True where one letter was added, dropped, changed or swapped with its neighbour, after `prefix` equal letters. */
function oneSlip(a: string, b: string, prefix: number): boolean {
  const [x, y] = [a.slice(prefix), b.slice(prefix)];
  if (x.length !== y.length) return x.length > y.length ? x.slice(1) === y : y.slice(1) === x;
  return x.slice(1) === y.slice(1) || (x[0] === y[1] && x[1] === y[0] && x.slice(2) === y.slice(2));
}
