import type { Evidence } from '../contracts/index.js';
import type { Knowledge } from '../ports.js';
import type { RunContext } from '../run-context.js';
import { sentences } from '../text.js';

/** What a name stands beside where it is a product and neither a person nor a place. */
const NOUNS =
  'accounts?|apps?|client|config|files?|folders?|gui|licen[cs]es?|mailbox|portal|printers?|server|software|system|workspace';
const NAME = String.raw`\p{Lu}[\p{L}\d]*\p{L}[\p{L}\d]*`;

/** How messages write products: with a model or version, before a thing of computers, as a brand with inner capitals. */
const PRODUCTS: readonly RegExp[] = [
  new RegExp(
    String.raw`(?<![\p{L}\d])(${NAME})\s(?=\p{Lu}{1,4}\d{2,}|\d{1,4}(?:\.\d+)*(?![\p{L}\d:%-]))`,
    'gu',
  ),
  new RegExp(String.raw`(?<![\p{L}\d])(${NAME})\s(?=(?:${NOUNS})\b)`, 'giu'),
  /(?<=\b(?:for|from|in|into|on|to|use|using|via|with|their|our|your|my|the|an?)\s)(\p{Lu}\p{Ll}+\p{Lu}[\p{L}\d]+)(?![\p{L}\d-])/gu,
];

const MONTH = /^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/iu;

/** Names of products that the message is about: named in its title or in a question, or more than once. */
export function productsIn(message: string): string[] {
  const told = sentences(message);
  const named = told.flatMap((sentence, index) => {
    const isCentral = index === 0 || sentence.includes('?');
    return PRODUCTS.flatMap((pattern) =>
      [...sentence.matchAll(pattern)].map(([, name = '']) => ({ name, isCentral })),
    );
  });
  const isRepeated = (name: string) => message.split(name).length > 2;
  // A word that the writer also writes small is no name.
  const isName = (name: string) =>
    /^\p{Lu}/u.test(name) && !MONTH.test(name) && !message.includes(name.toLowerCase());
  const central = named.filter(({ name, isCentral }) => isName(name) && (isCentral || isRepeated(name)));
  return [...new Set(central.map(({ name }) => name))];
}

/** The first product of the message that neither the evidence nor anything in the knowledge base speaks of. */
export async function unknownProduct(
  message: string,
  evidence: readonly Evidence[],
  knowledge: Knowledge,
  run: RunContext,
): Promise<string | null> {
  for (const name of productsIn(message)) {
    const pattern = new RegExp(String.raw`(?<![\p{L}\d])${name}(?![\p{L}\d])`, 'iu');
    if (evidence.some(({ title, quote }) => pattern.test(title) || pattern.test(quote))) continue;
    const hits = await knowledge.search({ text: name, limit: 3 }, run);
    if (!hits.some(({ title, text }) => pattern.test(title) || pattern.test(text))) return name;
  }
  return null;
}
