import type { SupportStateType } from '../state.js';
import { TROUBLE } from '../text.js';
import { questionOf } from '../transcript.js';
import { productsIn } from './product-check.js';

interface Row {
  readonly fits: (state: SupportStateType, message: string) => boolean;
  readonly ask: (state: SupportStateType) => string;
}

/** More questions than these nobody answers. */
const MOST = 3;
const MENTIONS_MESSAGE = /\b(?:errors?|messages?|says|pop-?ups?|warnings?|codes?)\b/iu;
const SHARED = /\b(?:we|us|our|everyone|everybody|nobody|all|team|colleagues?|both|neighbours?)\b/iu;
const DATED =
  /\b(?:since|yesterday|today|tonight|this morning|last (?:week|night|month)|after|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b/iu;
const MONEY = /\b(?:buy\w*|costs?|licen[cs]es?|prices?|pay|quotes?|order (?:an?|some|new|two|\d+))\b/iu;
const WISH = /\?|\b(?:please|need|want|would like|could you|can you)\b/iu;
const APPROVED = /\b(?:approv\w*|cost cent\w*|budget|manager)\b/iu;

const entity = (state: SupportStateType, ...types: readonly string[]) =>
  (state.decision?.entities ?? []).find(({ type }) => types.includes(type))?.value;
const failed = (state: SupportStateType) => state.observations.find(({ ok }) => !ok);
const likely = (state: SupportStateType) =>
  state.hypotheses.find(({ probability, refutedBy }) => probability >= 0.25 && refutedBy.length === 0);
const reportsTrouble = (message: string) => TROUBLE.test(message);

/** What a person would ask next, the most telling first. Data: one row a question with the case that it fits. */
const ROWS: readonly Row[] = [
  {
    fits: (state) => failed(state) !== undefined,
    ask: (state) =>
      `Can ${failed(state)?.target ?? 'it'} be reached from another network? From here: ${failed(state)?.summary ?? ''}`,
  },
  {
    fits: (state) => likely(state) !== undefined,
    ask: (state) => `What speaks for or against this cause: ${likely(state)?.cause ?? ''}?`,
  },
  {
    fits: (state, message) =>
      reportsTrouble(message) && MENTIONS_MESSAGE.test(message) && entity(state, 'error_code') === undefined,
    ask: () => 'What exactly does the message on the screen say, word by word?',
  },
  {
    fits: (state, message) =>
      reportsTrouble(message) &&
      productsIn(message).length === 0 &&
      entity(state, 'product', 'version', 'hostname', 'email') === undefined,
    ask: () => 'Which device and which program or version is it?',
  },
  {
    fits: (_, message) => reportsTrouble(message) && !DATED.test(message),
    ask: () => 'Since when does it happen, and what changed just before?',
  },
  {
    fits: (_, message) => reportsTrouble(message) && !SHARED.test(message),
    ask: () => 'Does anybody else see the same?',
  },
  {
    fits: (_, message) => MONEY.test(message) && !APPROVED.test(message),
    ask: () => 'Who approves it, and on which cost centre does it go?',
  },
  {
    fits: (_, message) => !reportsTrouble(message) && WISH.test(message),
    ask: () => 'By when is it needed, and for whom?',
  },
  {
    fits: (_, message) => reportsTrouble(message),
    ask: () => 'What stands still until it is mended, and is there a way around?',
  },
  { fits: () => true, ask: () => 'Whom have you asked about this before, and what did they say?' },
];

/** Questions that fit the case: what the message does not say and a person would need. */
export function nextQuestions(state: SupportStateType): string[] {
  const message = questionOf(state);
  return ROWS.filter(({ fits }) => fits(state, message))
    .slice(0, MOST)
    .map(({ ask }) => ask(state));
}
