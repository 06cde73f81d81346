/** Words that the treebank takes apart. */
const CONTRACTIONS =
  /\b(can)(not)\b|(?<= )(d)('ye)\b|\b(gim)(me)\b|\b(gon)(na)\b|\b(got)(ta)\b|\b(lem)(me)\b|\b(mor)('n)\b|(?<= )('t)(is)\b|(?<= )('t)(was)\b|\b(wan)(na)\b/gi;

/** The Penn Treebank's rules in order (R. MacIntyre's tokenizer.sed, 1995). */
const RULES: readonly (readonly [RegExp, string])[] = [
  [/\.{3}/g, ' ... '],
  [/[:,](?!\p{Nd})/gu, ' $& '],
  [/[;@#$%&]/g, ' $& '],
  [/([^.])(?<!\b[A-Za-z]\.[A-Za-z])(\.)([\])}>'\s]*)$/g, '$1 $2$3 '],
  [/[?!]/g, ' $& '],
  [/[\][(){}<>]/g, ' $& '],
  [/--/g, ' -- '],
  [/^|$/g, ' '],
  [/([^'])' /g, "$1 ' "],
  [/'([sSmMdD]) /g, " '$1 "],
  [/('ll|'re|'ve|n't) /gi, ' $1 '],
];

/** A sentence as the Penn Treebank counts its words. */
export function treebankTokens(text: string): string[] {
  const quoted = text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/``|''/g, ' $& ')
    .replaceAll(/(^|[\s\p{Ps}<])"(?=\S)/gu, '$1 `` ')
    .replaceAll('"', " '' ");
  const spaced = RULES.reduce(
    (inner, [pattern, replacement]) => inner.replaceAll(pattern, replacement),
    quoted,
  );
  return spaced
    .replaceAll(
      CONTRACTIONS,
      (...groups: unknown[]) =>
        ` ${groups
          .slice(1, -2)
          .filter((group) => typeof group === 'string')
          .join(' ')} `,
    )
    .split(' ')
    .filter((token) => token !== '');
}
