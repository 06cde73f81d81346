import type { Claim, Evidence } from '../../agents/contracts/index.js';

const NUMBER = /\d+(?:[.,:]\d+)*/gu;
const IDENTIFIER = /[\p{L}\p{N}_./\\-]*(?:[_\\/]|\p{L}\d|\d\p{L})[\p{L}\p{N}_./\\-]*/gu;
const QUOTE = /"([^"\n]+)"|“([^”\n]+)”|`([^`\n]+)`/gu;

/** Text without line breaks, quotation marks at their beginning and the marks of lists. */
const flat = (text: string): string =>
  text
    .replaceAll(/^[ \t]*(?:>[ \t]?)*(?:(?:[-*•+]|\d{1,2}[.)])[ \t]+)?/gmu, '')
    .replaceAll(/\s+/gu, ' ')
    .trim();

/** What is wrong with a claim by its own evidence, or null: written apart from the product's check, to judge it. */
export function unsoundness(claim: Claim, evidence: readonly Evidence[]): string | null {
  const quotes = evidence.filter(({ id }) => claim.evidence.includes(id)).map(({ quote }) => quote);
  if (quotes.length === 0) return 'cites nothing that is there';
  const cited = quotes.join('\n');
  const details = [
    ...(claim.text.match(NUMBER) ?? []),
    ...(claim.text.match(IDENTIFIER) ?? []),
    ...[...claim.text.matchAll(QUOTE)].map(([, a, b, c]) => a ?? b ?? c ?? ''),
  ];
  const missing = details.find((detail) => !flat(cited).includes(flat(detail)));
  if (missing !== undefined) return `“${missing}” is not in its evidence`;
  if (!quotes.some((quote) => flat(quote).includes(flat(claim.text)))) return 'is no excerpt of its evidence';
  return null;
}
