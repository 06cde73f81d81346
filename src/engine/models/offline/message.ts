import { CLOSING, GREETING, INLINE_GREETING } from './lexicon.js';
import { memoize } from './lru.js';
import { analysisOf, sentencesOf } from './text.js';

/** What somebody wrote, apart from what only stands around it. */
export interface Message {
  /** The writer's own sentences: no greeting, signature, quoted mail or pasted log. */
  readonly sentences: readonly string[];
  /** Pasted machine output, line by line. */
  readonly log: string;
  /** What the writer asks for, one entry a thing, in the writer's words. */
  readonly parts: readonly string[];
}

const QUOTE_HEADER =
  /^\s*(?:-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|message d'origine|oprindelig meddelelse).*|(?:on|am|le|den) .{6,80}(?:wrote|schrieb|a écrit|skrev)\s*:?|begin forwarded message:?)\s*$/i;
const LOG_LINE =
  /^\s*(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:|\[?\d\d:\d\d:\d\d|\w{3} \d{1,2} \d\d:\d\d:|at [\w$.<>]+ ?\(|Caused by:|Traceback \(|File "|\.{3} \d+ more|(?:ERROR|WARN|INFO|DEBUG|FATAL|TRACE)\b|Log Name:|Source:|Event ID:|Level:|Exception\b|[\w.]+(?:Exception|Error):\s|(?:\* )?curl:|Faulting )/;
const FOOTER = /^\s*(?:--\s*$|__+\s*$|\/\/\s*\w+|--\s+\w)/;
const CONTACT = /(?:\+?\d[\d ()-]{7,}|@\w|www\.|\b(?:tel|mob|fax|desk|ext)\b)/i;
const SIGNED =
  /^[-–—/~ ]*\p{Lu}[\p{L}.'-]*(?:,? (?:\p{Lu}[\p{L}.'&-]*|de|van|von|der|la|le|of|and|&|\([^)]*\))){0,5}$/u;
const EMPTY_ASK =
  /^(?:(?:so |and |but )?(?:what (?:now|next|to do|should i do|can i do|do i do|shall i do)|(?:any|some)(?:one|body)? ?(?:ideas?|help|suggestions?|advice|thoughts?)?|help|why|how|please (?:help|advise)|can (?:you|someone|anybody|somebody|anyone) (?:please )?(?:help|advise|look|check|fix)(?: me| us| it| this| into (?:it|this))?(?: please)?|que faire|was (?:nun|tun)|was kann ich tun|hvad (?:nu|gør jeg)|thoughts))\s*[?!.]*$/i;
const ASKED = /\?["”')]*\s*$/;
/** The mark of an item in a list of requests. */
const ITEM = /^\s*(?:\(?\d{1,2}[.):]|\(?[a-d]\))\s+/i;
/** A wish without a question mark: a request where nothing is asked outright. */
const WISHED =
  /\b(?:please|could you|can you|would you|i(?:'d| would) (?:like|need|love)|(?:i|we) (?:also )?(?:need|want|require)|how (?:do|can|to|should)|s'il vous|pouvez-vous|können sie|bitte|kan (?:i|du|jeg))\b/i;

/** The writer's words, log lines and requests of a message. Remembered for messages seen before. */
export const messageOf = memoize(512, (text: string): Message => {
  const { own, log } = ownLines(text.split('\n'));
  const told = paragraphs(own);
  const sentences = told
    .flatMap((paragraph) => sentencesOf(paragraph).map(withoutGreeting))
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));
  const items = told.flatMap((paragraph) => (ITEM.test(paragraph) ? [paragraph.replace(ITEM, '')] : []));
  return { sentences, log: log.join('\n'), parts: partsOf(sentences, items) };
});

const withoutGreeting = (sentence: string): string => {
  const rest = sentence.replace(INLINE_GREETING, '');
  return GREETING.test(sentence) || CLOSING.test(sentence) ? '' : rest;
};

function ownLines(lines: readonly string[]): { own: string[]; log: string[] } {
  const own: string[] = [];
  const log: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (QUOTE_HEADER.test(line)) break;
    if (/^\s*[>|]/.test(line)) continue;
    if (LOG_LINE.test(line)) {
      log.push(line);
      continue;
    }
    const hasSpoken = own.some((spoken) => /\p{L}{2}/u.test(spoken));
    if (hasSpoken && FOOTER.test(line)) break;
    if (hasSpoken && CLOSING.test(line)) {
      const after = lines.slice(index + 1).filter((next) => next.trim() !== '');
      const plain = after.filter(
        (next) => next.length >= 60 && !CONTACT.test(next) && !/^\s*>|\|/.test(next),
      );
      const isSignature = plain.length <= 0.3 * after.length;
      if (after.length <= 8 && isSignature) break;
      continue;
    }
    own.push(GREETING.test(line) ? '' : line);
  }
  return { own: withoutName(own), log };
}

/** Drops a bare name, or a line of contact data, under the last paragraph. */
function withoutName(lines: readonly string[]): string[] {
  const kept = [...lines];
  while (kept.length > 1) {
    const last = (kept.at(-1) ?? '').trim();
    const isSigned = (SIGNED.test(last) || /\s\|\s/.test(last)) && kept.some((line) => line.trim() === '');
    if (last === '' || isSigned || (CONTACT.test(last) && last.length < 60 && !/[?!]|\. /.test(last)))
      kept.pop();
    else break;
  }
  return kept;
}

/** Lines joined to paragraphs; a first line that ends like a title, and list items, stand alone. */
function paragraphs(lines: readonly string[]): string[] {
  const result: string[] = [];
  let open = false;
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    const alone = index === 0 || /^(?:[-*•]\s)/.test(text) || ITEM.test(text);
    if (text === '') open = false;
    else if (open && !alone) result.push(`${result.pop() ?? ''} ${text}`);
    else result.push(text);
    if (text !== '') open = index > 0;
  }
  return result;
}

const contentOf = (text: string): number =>
  analysisOf(text).terms.reduce((sum, { weight }) => sum + (weight >= 1 ? 1 : 0), 0);

/**
 * The requests in a message: the items of its list, else its questions, else its wishes, each with content of its own
 * ("what now?" has none); a message that asks nothing outright is one request, told by its first sentences with content.
 */
function partsOf(sentences: readonly string[], items: readonly string[]): string[] {
  if (items.length > 1) return distinct(items);
  const full = sentences.filter((sentence) => contentOf(sentence) >= 2 && !EMPTY_ASK.test(sentence));
  const asked = full.filter((sentence) => ASKED.test(sentence));
  const parts = asked.length > 0 ? asked : full.filter((sentence) => WISHED.test(sentence));
  if (parts.length > 0) return distinct(parts);
  const told = sentences
    .filter((sentence) => contentOf(sentence) > 0 && !EMPTY_ASK.test(sentence))
    .slice(0, 2);
  return told.length > 0 ? [told.join(' ')] : sentences.slice(0, 1);
}

/** Leaves out requests that ask again for what an earlier one named. */
function distinct(parts: readonly string[]): string[] {
  const kept: string[] = [];
  for (const part of parts) {
    const stems = [...analysisOf(part).counts.keys()];
    const isRepeat = kept.some((earlier) => {
      const known = analysisOf(earlier).counts;
      return stems.filter((stem) => known.has(stem)).length >= 0.6 * stems.length;
    });
    if (!isRepeat) kept.push(part);
  }
  return kept.slice(0, 4);
}
