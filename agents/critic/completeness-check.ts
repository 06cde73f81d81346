import type { Claim, Evidence, Issue } from '../contracts/index.js';
import { sentences, shorten } from '../text.js';

interface Want {
  /** What a question asks for, in its own wording… */
  readonly asks: RegExp;
  /** …and how a claim that tells it looks. */
  readonly tells: RegExp;
  readonly what: string;
}

/** Question words whose answers can be recognised. Data: one row a question word. */
const WANTS: readonly Want[] = [
  {
    asks: /\bwho(?:m|se)?\b/iu,
    tells:
      /\b(?:teams?|desks?|managers?|owners?|reception|departments?|administrators?|colleagues?|hr|ext\.)\b/iu,
    what: 'who it is',
  },
  {
    asks: /\bhow (?:long|soon|fast|quickly)\b|\bwhen (?:will|does|do|is|are|can|would)\b/iu,
    tells:
      /\d[\s-]?(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)|\bhour\b|\b(?:mon|tues|wednes|thurs|fri)day|\d{1,2}[:.]\d{2}|\b\d{1,2}(?:st|nd|rd|th)\b|\bat once\b/iu,
    what: 'when or how long',
  },
  { asks: /\bhow (?:much|many)\b|\bcosts?\b|\bprices?\b/iu, tells: /\d/u, what: 'how much' },
];

const STEP = /^\s*\d{1,2}[.)]\s+(\S.*)$/gmu;
/** An item that begins with a plain word says what to do; one that begins with a mark explains what it names. */
const TO_DO = /^\s*[-*•]\s+(?=\p{L})(\S.*)$/gmu;

/**
 * What a draft leaves out although it could be told: the answer to a question word, or the steps that the cited
 * document lists. Reasons for another draft, none against a release.
 */
export function checkCompleteness(
  question: string,
  claims: readonly Claim[],
  evidence: readonly Evidence[],
): Issue[] {
  if (claims.length === 0) return [];
  const asked = sentences(question);
  const wanted = WANTS.flatMap((want) => {
    const part = asked.find((sentence) => sentence.includes('?') && want.asks.test(sentence));
    return part ? [{ ...want, part }] : [];
  });
  const missed = wanted
    .filter(({ tells }) => !claims.some(({ text }) => tells.test(text)))
    .map(({ part, what }) => open(part, `no claim tells ${what}`));
  if (missed.length > 0 || wanted.length > 0 || !lacksSteps(claims, citedDocuments(claims, evidence)))
    return missed;
  return [open(asked[0] ?? question, 'no claim tells what to do, though the cited document lists steps')];
}

const open = (part: string, detail: string): Issue => ({
  kind: 'unanswered',
  part,
  detail: `${detail}: “${shorten(part, 120)}”`,
});

const documentOf = ({ source }: Evidence) => source.replace(/#.*$/u, '');

/** All evidence from the documents that the claims cite. */
function citedDocuments(claims: readonly Claim[], evidence: readonly Evidence[]): readonly Evidence[] {
  const ids = new Set(claims.flatMap((claim) => claim.evidence));
  const documents = new Set(evidence.filter(({ id }) => ids.has(id)).map(documentOf));
  return evidence.filter((item) => item.kind === 'passage' && documents.has(documentOf(item)));
}

function lacksSteps(claims: readonly Claim[], cited: readonly Evidence[]): boolean {
  const listed = (pattern: RegExp) =>
    cited.flatMap(({ quote }) => [...quote.matchAll(pattern)].map(([, item = '']) => item.trim()));
  const steps = listed(STEP);
  const instructions = [...steps, ...listed(TO_DO)];
  return steps.length > 0 && !instructions.some((item) => claims.some(({ text }) => item.startsWith(text)));
}
