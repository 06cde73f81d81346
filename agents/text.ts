import { stemmer } from 'stemmer';

const STOP_WORDS = new Set(
  (
    'a about above after again all also am an and any are as at be because been before being below between both but by ' +
    'can could did do does doing down during each else few for from further get gets getting got had has have having he ' +
    'hello help her here hers hi him his how i if im in into is it its ive just kind know let like me more most my need ' +
    'no nor not now of off on once only or other our ours out over own please regards same she should so some such ' +
    'than thank thanks that the their them then there these they this those through to too try under until up us very ' +
    'want was we were what when where which while who whom why will with would yes you your yours'
  ).split(' '),
);

/** Words of trouble, in messages and in headings: who only asks for a way has none yet. */
export const TROUBLE =
  /\b(?:not|cannot|never|nothing|nobody|no longer|fail\w*|errors?|wrong|missing|gone|lost|broken|stuck|refus\w*|dead|den(?:y|ied)|reject\w*|crash\w*|problem|trouble|slow|down|outage|nicht|kaputt|ikke|død|panne)\b|n['’]t\b|\b(?:cant|dont|doesnt|wont|isnt)\b/i;

const WORD = /[\p{L}\p{N}][\p{L}\p{N}'’_-]*/gu;

/** Lower-cased words of a text, without stop words. */
export function contentWords(text: string): string[] {
  const words = text.toLowerCase().match(WORD) ?? [];
  return words.filter((word) => word.length > 1 && !STOP_WORDS.has(word.replaceAll(/['’]/g, '')));
}

/** Stems of the content words (Porter), each once. */
export function stems(text: string): Set<string> {
  return new Set(contentWords(text).map((word) => stemmer(word)));
}

let segmenter: Intl.Segmenter | undefined;

/** Sentences of a text; line breaks end a sentence too. */
export function sentences(text: string): string[] {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'sentence' });
  const found: string[] = [];
  for (const line of text.split(/\n+/)) {
    for (const { segment } of segmenter.segment(line)) {
      const sentence = segment.trim();
      if (sentence) found.push(sentence);
    }
  }
  return found;
}

/** Share of `wanted` that `given` holds; 1 where nothing is wanted. */
export function shareOf(wanted: ReadonlySet<string>, given: ReadonlySet<string>): number {
  if (wanted.size === 0) return 1;
  let held = 0;
  for (const item of wanted) if (given.has(item)) held += 1;
  return held / wanted.size;
}

/** Cuts at a word boundary and says so. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.lastIndexOf(' ', limit - 1);
  return `${text.slice(0, cut > limit / 2 ? cut : limit - 1)}…`;
}

/** Characters of a message that are read; beyond, what stands in the middle is left out. */
const READ = { head: 24_000, tail: 8_000 } as const;

/**
 * A text as a person reads it: of an endless word or gap its beginning, of an endless text its beginning and its end.
 * What reads messages may then take the square of a word's length; one message cannot keep everybody waiting.
 */
export function legible(text: string): string {
  const short = text.replaceAll(/(\S{256})\S+/gu, '$1…').replaceAll(/(\s{64})\s+/g, '$1');
  if (short.length <= READ.head + READ.tail) return short;
  return `${short.slice(0, READ.head)}\n…\n${short.slice(-READ.tail)}`.toWellFormed();
}
