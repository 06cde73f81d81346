import type { Claim, Evidence, Issue } from '../contracts/index.js';

/** Platforms that exclude each other: advice for one is wrong on another. Data, extended by adding a row. */
const PLATFORMS: Readonly<Record<string, RegExp>> = {
  Windows: /\b(?:windows(?:\s+\d+)?|win(?:10|11))\b/iu,
  macOS: /\b(?:mac(?:\s?os|books?|s)?|imac|os x)\b/iu,
  Linux: /\b(?:linux|ubuntu|debian|fedora)\b/iu,
  iOS: /\b(?:ios|iphones?|ipads?)\b/iu,
  Android: /\bandroids?\b/iu,
};

/** A product or system with a version: `Windows 11`, `macOS 15.2`, `Exchange 2016`. */
const VERSIONED = /\b(\p{Lu}[\p{L}]+(?:\s\p{Lu}[\p{L}]+)?)\s(\d{1,4}(?:\.\d+)*)\b/gu;

const platformsIn = (text: string) =>
  new Set(Object.entries(PLATFORMS).flatMap(([name, pattern]) => (pattern.test(text) ? [name] : [])));

const versionsIn = (text: string) => {
  const found = new Map<string, Set<string>>();
  for (const [, product = '', version = ''] of text.matchAll(VERSIONED)) {
    const key = product.toLowerCase();
    found.set(key, (found.get(key) ?? new Set()).add(version));
  }
  return found;
};

const disjoint = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>) => a.size > 0 && b.size > 0 && a.isDisjointFrom(b);

/** Claims whose own words are about another platform or another version of a product than the question names. */
export function checkPlatform(
  question: string,
  claims: readonly Claim[],
  evidence: readonly Evidence[],
): Issue[] {
  const asked = platformsIn(question);
  const askedVersions = versionsIn(question);
  const titles = new Map(evidence.map(({ id, title }) => [id, title]));
  return claims.flatMap((claim, index): Issue[] => {
    const said = platformsIn(claim.text);
    if (disjoint(asked, said)) return [wrong(index, [...said].join(' and '), [...asked].join(' and '))];
    const about = platformsIn(claim.evidence.map((id) => titles.get(id) ?? '').join(' '));
    if (said.size === 0 && disjoint(asked, about))
      return [wrong(index, [...about].join(' and '), [...asked].join(' and '))];
    for (const [product, versions] of versionsIn(claim.text)) {
      const wanted = askedVersions.get(product);
      if (wanted && disjoint(wanted, versions))
        return [
          wrong(index, `${product} ${[...versions].join(', ')}`, `${product} ${[...wanted].join(', ')}`),
        ];
    }
    return [];
  });
}

const wrong = (claim: number, said: string, asked: string): Issue => ({
  kind: 'wrong-product',
  claim,
  detail: `is about ${said}, the question about ${asked}`,
});
