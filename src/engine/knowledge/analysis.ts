import { stemmer } from 'stemmer';
import { STOP_WORDS } from './stop-words.js';

/**
 * The analysis that every store shares: what a text is indexed under, what a query asks for and what a passage is
 * scored by are the same terms. A term holds letters, digits and `_` only, so any tokenizer keeps it whole.
 */
const TOKEN = /[\p{L}\p{N}_]+(?:[.@-][\p{L}\p{N}_]+)*/gu;
const MARKS = /\p{M}+/gu;
const APOSTROPHES = /(?<=\p{L})['’](?=\p{L})/gu;
const POSSESSIVE = /(?<=\p{L})['’]s(?!\p{L})/giu;
const INNER = /[._@-]+/u;
const CAMEL = /(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
/** Scripts that put no spaces between words are indexed by pairs of characters. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
const PLAIN = /^[a-z]+$/;
const MAX_TERM = 64;
const STEM_CACHE = 20_000;

const withoutMarks = (text: string) => text.normalize('NFKD').replace(MARKS, '').normalize('NFC');

const stems = new Map<string, string>();

function stem(word: string): string {
  if (word.length < 3 || !PLAIN.test(word)) return word;
  const known = stems.get(word);
  if (known !== undefined) return known;
  if (stems.size >= STEM_CACHE) stems.clear();
  const made = stemmer(word);
  stems.set(word, made);
  return made;
}

/** No longer than a term may be, and no half of a surrogate pair at its end. */
const clipped = (word: string) =>
  word.length > MAX_TERM ? word.slice(0, MAX_TERM).replace(/[\uD800-\uDBFF]$/, '') : word;

function pairs(word: string): string[] {
  const characters = [...word];
  if (characters.length < 2) return characters;
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}

const isNoise = (word: string) => word.length < 2 && !UNSPACED.test(word);

function addWord(word: string, into: string[]): void {
  const lower = clipped(word.toLowerCase());
  if (isNoise(lower) || STOP_WORDS.has(lower)) return;
  if (UNSPACED.test(lower)) into.push(...pairs(lower));
  else into.push(stem(lower));
}

/** A compound as one term: `wi-fi` is `wifi`, but `ERR_CERT_DATE_INVALID`, `5.7.1` and host names keep their joints. */
const joined = (parts: readonly string[], token: string) =>
  parts.join(/^[\p{L}-]+$/u.test(token) ? '' : '_').toLowerCase();

function addToken(token: string, into: string[]): void {
  const parts = token.split(INNER).filter((part) => part !== '');
  const words = parts.flatMap((part) => part.split(CAMEL));
  if (words.length < 2) {
    addWord(parts[0] ?? '', into);
    return;
  }
  for (const word of words) addWord(word, into);
  const whole = joined(parts, token);
  if (whole.length <= MAX_TERM) into.push(stem(whole));
}

/**
 * The index terms of a text in order, with repetitions: lower-case Porter stems without stop words and accents; a
 * compound (host name, error code, hyphenated or camel-case word) gives its parts and itself as one term.
 */
export function analyse(text: string): string[] {
  const plain = withoutMarks(text).replace(POSSESSIVE, '').replace(APOSTROPHES, '');
  const terms: string[] = [];
  for (const [token] of plain.matchAll(TOKEN)) addToken(token, terms);
  return terms;
}

/** Distinct character 4-grams of a text's words, padded at the ends: they still meet where spelling or endings differ. */
export function grams(text: string): string[] {
  const plain = withoutMarks(text).replace(APOSTROPHES, '').toLowerCase();
  const found = new Set<string>();
  for (const [word] of plain.matchAll(/[\p{L}\p{N}]+/gu)) {
    if (STOP_WORDS.has(word)) continue;
    const padded = [...`_${clipped(word)}_`];
    for (let at = 0; at + 4 <= padded.length; at += 1) found.add(padded.slice(at, at + 4).join(''));
  }
  return [...found];
}
