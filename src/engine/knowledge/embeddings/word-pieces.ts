/** A word beyond this is no word: a key, a log line without spaces. */
const LONGEST_WORD = 100;
const CACHED_WORDS = 50_000;

const MARKS = /\p{M}+/gu;
/** Words, single punctuation marks and symbols, and single characters of scripts that put no spaces between words. */
const TOKEN = /\p{Script=Han}|[\p{P}\p{S}]|(?:(?!\p{Script=Han})[^\s\p{P}\p{S}\p{Cc}\p{Cf}])+/gu;

/** Numbers of a text's pieces in order; a word that cannot be made of pieces gives none. */
export type WordPieces = (text: string) => number[];

/**
 * The tokenizer of BERT models without case: lower-case, accents removed, split at spaces and punctuation, then each word
 * cut into the longest known pieces from the left (Devlin et al. 2019; Wu et al. 2016).
 * @param pieces - by number; `##` begins one that goes on a word
 */
export function createWordPieces(pieces: readonly string[]): WordPieces {
  const numbers = new Map(pieces.map((piece, number) => [piece, number]));
  const longest = pieces.reduce((most, { length }) => Math.max(most, length), 0);
  const cache = new Map<string, readonly number[]>();

  function cut(word: string): readonly number[] {
    if (word.length > LONGEST_WORD) return [];
    const found: number[] = [];
    for (let start = 0; start < word.length; ) {
      let end = Math.min(word.length, start + longest);
      let number: number | undefined;
      for (; end > start; end -= 1) {
        const part = word.slice(start, end);
        number = numbers.get(start === 0 ? part : `##${part}`);
        if (number !== undefined) break;
      }
      if (number === undefined) return [];
      found.push(number);
      start = end;
    }
    return found;
  }

  function piecesOf(word: string): readonly number[] {
    const known = cache.get(word);
    if (known) return known;
    if (cache.size >= CACHED_WORDS) cache.clear();
    const made = cut(word);
    cache.set(word, made);
    return made;
  }

  return (text) => {
    const plain = text.toLowerCase().normalize('NFD').replace(MARKS, '');
    const found: number[] = [];
    for (const [word] of plain.matchAll(TOKEN)) for (const number of piecesOf(word)) found.push(number);
    return found;
  };
}
