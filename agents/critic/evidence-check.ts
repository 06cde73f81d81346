import type { Claim, Evidence, Issue } from '../contracts/index.js';
import { sentences, shareOf, stems } from '../text.js';

/**
 * The deterministic evidence check: everything in a claim that can be looked up must stand in the evidence it cites.
 * Pure: the same claim and evidence always give the same verdict.
 */
export interface EvidenceVerdict {
  /** Claims with `supported` set. */
  readonly claims: readonly Claim[];
  readonly issues: readonly Issue[];
  /** Share of the claims' characters that stand in claims whose evidence could be opened and compared. */
  readonly coverage: number;
}

/** A claim's own words must come from its evidence: below this share of stems it says something else. */
const LEAST_WORD_SHARE = 0.6;
/** From this share on a claim restates a sentence, and must not turn it round. */
const SAME_SENTENCE = 0.8;

const URL_PATTERN = /\bhttps?:\/\/[^\s)\]>"'”]+/giu;
const HOST_PATTERN = /\b(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}]{2,24}\b/giu;
const QUOTE_PATTERN = /"([^"\n]{2,200})"|“([^”\n]{2,200})”|`([^`\n]{1,200})`/gu;
const NUMBER_PATTERN = /(?<![\p{L}\p{N}.])\d+(?:[.,:]\d+)*(?![\p{L}\p{N}])/gu;
/** Codes, file names, versions, paths: a token with a digit beside letters, an underscore, a backslash or inner capitals. */
const IDENTIFIER_PATTERN =
  /(?<![\p{L}\p{N}])(?=[\p{L}\p{N}_\\/.#-]*(?:\d|_|\\))(?=[\p{L}\p{N}_\\/.#-]*[\p{L}_\\])[\p{L}\p{N}_\\][\p{L}\p{N}_\\/.#-]*[\p{L}\p{N}]/gu;
const NEGATION =
  /\b(?:not|never|no|none|cannot|can't|don't|doesn't|isn't|won't|without|nicht|kein|ikke|pas|jamais)\b/giu;

const squash = (text: string) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[‘’]/g, "'")
    .replaceAll(/[“”]/g, '"')
    .replaceAll(/[*_`]/g, '')
    .replaceAll(/\s+/g, ' ');

const numbers = (text: string) =>
  (text.match(NUMBER_PATTERN) ?? []).map((number) => number.replaceAll(/,(?=\d{3}\b)/g, ''));

const literals = (text: string): string[] => {
  const found = new Set<string>();
  for (const pattern of [URL_PATTERN, HOST_PATTERN, IDENTIFIER_PATTERN])
    for (const match of text.match(pattern) ?? []) found.add(squash(match).replace(/[.,;:]+$/u, ''));
  for (const match of text.matchAll(QUOTE_PATTERN))
    found.add(squash(match[1] ?? match[2] ?? match[3] ?? '').trim());
  found.delete('');
  return [...found];
};

const negations = (text: string) => (text.match(NEGATION) ?? []).length;

/** One piece of evidence, read once however many claims cite it. */
interface Reading {
  readonly plain: string;
  readonly quote: string;
  readonly numbers: ReadonlySet<string>;
  readonly stems: ReadonlySet<string>;
  readonly sentences: readonly { readonly text: string; readonly stems: ReadonlySet<string> }[];
}

const readings = new WeakMap<Evidence, Reading>();

const readingOf = (evidence: Evidence): Reading => {
  const known = readings.get(evidence);
  if (known) return known;
  const source = `${evidence.title}\n${evidence.quote}`;
  const parts = sentences(source).map((text) => ({ text, stems: stems(text) }));
  const reading = {
    plain: squash(source),
    quote: squash(evidence.quote).trim(),
    numbers: new Set(numbers(source)),
    stems: parts.reduce<ReadonlySet<string>>((all, part) => all.union(part.stems), new Set()),
    sentences: parts,
  };
  readings.set(evidence, reading);
  return reading;
};

/** The sentence of the evidence that the claim most likely restates. */
const nearest = (claim: ReadonlySet<string>, cited: readonly Reading[]) => {
  let best = { text: '', share: 0 };
  for (const { text, stems: held } of cited.flatMap((reading) => reading.sentences)) {
    const share = shareOf(claim, held);
    if (share > best.share) best = { text, share };
  }
  return best;
};

/** What is wrong with one claim, or null where its evidence states it. */
export function faultOfClaim(
  claim: Pick<Claim, 'text' | 'evidence'>,
  evidence: ReadonlyMap<string, Evidence>,
): Omit<Issue, 'claim'> | null {
  const unknown = claim.evidence.filter((id) => !evidence.has(id));
  if (claim.evidence.length === 0 || unknown.length > 0) {
    const detail =
      unknown.length > 0 ? `cites ${unknown.join(', ')}, which does not exist` : 'cites no evidence';
    return { kind: 'uncited', detail };
  }
  const cited = claim.evidence.flatMap((id) => evidence.get(id) ?? []).map(readingOf);
  // Word for word: negations in one of its sentences turn none of the others round.
  const told = squash(claim.text).trim();
  if (told !== '' && cited.some(({ quote }) => quote === told)) return null;
  const missing = [
    ...literals(claim.text).filter((literal) => !cited.some(({ plain }) => plain.includes(literal))),
    ...numbers(claim.text).filter((number) => !cited.some((reading) => reading.numbers.has(number))),
  ];
  if (missing.length > 0)
    return { kind: 'unsupported', detail: `not in the cited evidence: ${[...new Set(missing)].join(', ')}` };

  const words = stems(claim.text);
  if (words.size === 0) return { kind: 'unsupported', detail: 'says nothing that can be checked' };
  const held = cited.reduce<ReadonlySet<string>>((all, reading) => all.union(reading.stems), new Set());
  if (shareOf(words, held) < LEAST_WORD_SHARE)
    return { kind: 'unsupported', detail: 'says something that the cited evidence does not' };
  const match = nearest(words, cited);
  if (match.share >= SAME_SENTENCE && negations(claim.text) % 2 !== negations(match.text) % 2)
    return { kind: 'unsupported', detail: `turns round what the evidence says: “${match.text}”` };
  return null;
}

/** Checks all claims of a draft against the evidence they cite. */
export function checkEvidence(
  claims: readonly Pick<Claim, 'text' | 'evidence'>[],
  evidence: readonly Evidence[],
): EvidenceVerdict {
  const byId = new Map(evidence.map((item) => [item.id, item]));
  const issues: Issue[] = [];
  let scored = 0;
  let total = 0;
  const checked = claims.map((claim, index) => {
    const found = faultOfClaim(claim, byId);
    if (found) issues.push({ ...found, claim: index });
    total += claim.text.length;
    if (found?.kind !== 'uncited') scored += claim.text.length;
    return { text: claim.text, evidence: [...claim.evidence], supported: found === null };
  });
  return { claims: checked, issues, coverage: total === 0 ? 1 : scored / total };
}
