import { franc } from 'franc-min';
import { FUNCTION_WORDS } from './lexicon.js';
import { messageOf } from './message.js';
import { analysisOf } from './text.js';

/** ISO 639-3 as the trigram model says it, to ISO 639-1. */
const CODES: Readonly<Record<string, string>> = {
  eng: 'en',
  deu: 'de',
  fra: 'fr',
  dan: 'da',
  spa: 'es',
  nld: 'nl',
  ita: 'it',
  por: 'pt',
  swe: 'sv',
  nob: 'no',
  pol: 'pl',
  ces: 'cs',
  hun: 'hu',
  ron: 'ro',
  tur: 'tr',
  rus: 'ru',
  ukr: 'uk',
  ell: 'el',
  jpn: 'ja',
  cmn: 'zh',
  kor: 'ko',
  arb: 'ar',
  heb: 'he',
  hin: 'hi',
  vie: 'vi',
  ind: 'id',
  bul: 'bg',
  srp: 'sr',
  hrv: 'hr',
  tha: 'th',
}; // prettier-ignore
/** Below this the trigram model guesses. */
const ENOUGH_CHARACTERS = 60;

/**
 * ISO 639-1 code of a message, or null where nothing tells. Function words decide first: they are sure in short texts;
 * the trigram model of franc (Cavnar & Trenkle 1994) decides for languages without a list here.
 */
export function languageOf(message: string): string | null {
  const own = messageOf(message).sentences.join(' ') || message;
  const { words } = analysisOf(own);
  const hits = Object.entries(FUNCTION_WORDS)
    .map(([code, list]) => ({ code, count: words.filter((word) => list.has(word)).length }))
    .sort((a, b) => b.count - a.count);
  const [first, second] = hits;
  const lead = (first?.count ?? 0) - (second?.count ?? 0);
  if (first && (lead >= 3 || (lead >= 1 && first.count >= 0.2 * words.length))) return first.code;
  if (own.length >= ENOUGH_CHARACTERS) {
    const code = CODES[franc(own)];
    if (code !== undefined) return code;
  }
  return first && first.count > 0 ? first.code : null;
}
