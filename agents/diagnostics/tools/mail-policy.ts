/** Mechanisms of RFC 7208 that cost a DNS lookup when a receiver evaluates them. */
const LOOKUPS: ReadonlySet<string> = new Set(['include', 'a', 'mx', 'ptr', 'exists', 'redirect']);
const MECHANISMS: ReadonlySet<string> = new Set([...LOOKUPS, 'all', 'ip4', 'ip6']);
/** RFC 7208 §4.6.4. */
const MOST_LOOKUPS = 10;

const TERM = /^([+?~-]?)([a-z\d][\w.-]*)(=|[:/].+|$)/i;

/** What a domain says about who may send in its name (SPF, RFC 7208). */
export interface Spf {
  /** One or more of `missing`, `several`, `invalid`, `permissive`, `open`, `too many lookups`; else `ok`. */
  readonly verdicts: readonly string[];
  /** `-all`, `~all`, `?all`, `+all`, `redirect` or `none`. */
  readonly policy: string;
  /** Terms that cost a lookup in this record; included records are not followed and may add more. */
  readonly lookups: number;
}

interface SpfTerm {
  readonly name: string;
  readonly qualifier: string;
  readonly isModifier: boolean;
}

function readTerm(text: string): SpfTerm | null {
  const [, qualifier = '', name = '', rest = ''] = TERM.exec(text) ?? [];
  const isModifier = rest === '=' || /^[a-z][\w.-]*=/i.test(text);
  const known = isModifier || MECHANISMS.has(name.toLowerCase());
  return known ? { name: name.toLowerCase(), qualifier: qualifier || '+', isModifier } : null;
}

/** Reads the TXT records of a domain for its SPF policy. What other records include is not asked for. */
export function readSpf(records: readonly string[]): Spf {
  const own = records.filter((record) => /^v=spf1(?: |$)/i.test(record));
  const [record] = own;
  if (record === undefined) return { verdicts: ['missing'], policy: 'none', lookups: 0 };
  const terms = record.split(/ +/).slice(1).filter(Boolean).map(readTerm);
  const known = terms.filter((term) => term !== null);
  const all = known.find(({ name, isModifier }) => name === 'all' && !isModifier);
  const redirects = !all && known.some(({ name, isModifier }) => name === 'redirect' && isModifier);
  const lookups = known.filter(({ name }) => LOOKUPS.has(name) && !(all && name === 'redirect')).length;
  const policy = all ? `${all.qualifier}all` : redirects ? 'redirect' : 'none';
  const verdicts = [
    ...(own.length > 1 ? ['several'] : []),
    ...(known.length < terms.length ? ['invalid'] : []),
    ...(policy === '+all' ? ['open'] : []),
    ...(policy === '?all' || policy === 'none' ? ['permissive'] : []),
    ...(lookups > MOST_LOOKUPS ? ['too many lookups'] : []),
  ];
  return { verdicts: verdicts.length > 0 ? verdicts : ['ok'], policy, lookups };
}

/** `k=v; k=v` as DKIM and DMARC write it; names in lower case, the first of a name counts. */
function readTags(record: string): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const part of record.split(';')) {
    const at = part.indexOf('=');
    const name = part.slice(0, at).trim().toLowerCase();
    if (at > 0 && !tags.has(name)) tags.set(name, part.slice(at + 1).trim());
  }
  return tags;
}

export type Dmarc = 'none' | 'quarantine' | 'reject' | 'missing' | 'several' | 'invalid';

/** What receivers shall do with mail that fails both SPF and DKIM (DMARC, RFC 7489 §6.3). */
export function readDmarc(records: readonly string[]): Dmarc {
  const own = records.filter((record) => /^v\s*=\s*DMARC1\s*(?:;|$)/.test(record));
  if (own.length !== 1) return own.length === 0 ? 'missing' : 'several';
  const policy = readTags(own[0] ?? '')
    .get('p')
    ?.toLowerCase();
  return policy === 'none' || policy === 'quarantine' || policy === 'reject' ? policy : 'invalid';
}

export type Dkim = 'found' | 'revoked' | 'not found';

/** The state of one DKIM key (RFC 6376 §3.6.1): an empty `p=` takes the key back. */
export function readDkim(records: readonly string[]): Dkim {
  const keys = records
    .map(readTags)
    .filter((tags) => tags.has('p') && (tags.get('v') ?? 'DKIM1') === 'DKIM1');
  if (keys.length === 0) return 'not found';
  return keys.some((tags) => tags.get('p') !== '') ? 'found' : 'revoked';
}
