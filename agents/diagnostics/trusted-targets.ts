import { type Host, type Message, parseHost, type Ticket } from '../contracts/index.js';
import type { TrustedTargets } from '../run-context.js';
import { isBareHostName } from './host-names.js';
import { ownWords } from './own-words.js';

/** A URL up to the first character that can end one in prose; the host is read from it, the rest is passed over. */
const URL_TEXT = /\b[a-z][a-z\d+.-]{0,20}:\/\/[^\s<>"'`|{}]+/giu;
/** A mail address names its domain, never its local part. */
const MAIL = /[^\s<>"'`()[\],;:|{}@]{1,64}@([\p{L}\p{M}\p{N}.-]{1,253})/gu;
/** Anything that could be a host, an address or a file, with the hidden and full-width characters that pretend to be. */
const WORD = /[\p{L}\p{M}\p{N}\p{Cf}\p{Co}\p{Cn}\u{FF00}-\u{FFEF}。_.:[\]/\\@%-]+/gu;
/** `version 10.0.4.1` is no address. */
const VERSION_BEFORE =
  /(?:\b(?:version|ver|v|build|release|firmware|driver|client|rev|patch|update)\.?|\bv)\s*[:=]?\s*$/iu;

/** Characters of a message that are read: who types targets does so before that. */
const MAX_TEXT = 100_000;
/** No host is longer; longer words are not looked into. */
const MAX_WORD = 300;

interface Mention {
  readonly at: number;
  readonly host: Host;
}

function urlMention(match: RegExpExecArray): Mention[] {
  const authority = /^[^/]*\/\/([^/?#\\]*)/.exec(match[0])?.[1] ?? '';
  // `https://bank.example@evil.example` shows one host and means another.
  if (authority.length > MAX_WORD || authority.includes('@')) return [];
  const name = authority.startsWith('[')
    ? authority.replace(/^\[([^\]]*)\].*$/, '$1')
    : authority.replace(/[.,;:!?)\]]+$/, '').replace(/:\d+$/, '');
  const host = parseHost(name);
  return host ? [{ at: match.index, host }] : [];
}

function mailMention(match: RegExpExecArray): Mention[] {
  const host = parseHost((match[1] ?? '').replace(/[.-]+$/, ''));
  return host?.kind === 'name' && host.text.includes('.') ? [{ at: match.index, host }] : [];
}

/** The parts of a word that could be a host: without brackets and punctuation, a port, a field name such as `host:`. */
function spellings(word: string): string[] {
  // `\\server\share` is a host with a path; `C:\folder` and `/etc/hosts` are paths.
  const authority = word.replace(/^\\\\/, '').split(/[/\\]/, 1)[0] ?? '';
  const bracketed = /^\[([\da-f:.]+)\]/i.exec(authority)?.[1];
  const plain = authority.replace(/^[.[\]@%-]+/, '').replace(/[.:\]@%-]+$/, '');
  const withoutPort = (text: string) => text.replace(/:\d{1,5}$/, '');
  return [bracketed ?? authority, plain, withoutPort(plain), withoutPort(plain.replace(/^\p{L}+:/u, ''))];
}

const isMeant: Readonly<Record<Host['kind'], (spelling: string, before: string) => boolean>> = {
  name: (spelling) => isBareHostName(spelling.replace(/\.$/, '')),
  ipv4: (_, before) => !VERSION_BEFORE.test(before),
  // `a::b` is code.
  ipv6: (spelling) => /\d/.test(spelling),
};

function wordMention(match: RegExpExecArray, text: string): Mention[] {
  const at = match.index;
  if (match[0].length > MAX_WORD) return [];
  for (const spelling of spellings(match[0])) {
    const host = parseHost(spelling);
    if (host) return isMeant[host.kind](spelling, text.slice(Math.max(0, at - 24), at)) ? [{ at, host }] : [];
  }
  return [];
}

/** Finds what `pattern` describes and blanks it, so that no later pattern reads a part of it. */
function take(
  text: string,
  pattern: RegExp,
  read: (match: RegExpExecArray, text: string) => Mention[],
): { rest: string; found: Mention[] } {
  const found: Mention[] = [];
  for (const match of text.matchAll(pattern)) found.push(...read(match, text));
  return { rest: text.replace(pattern, (whole) => ' '.repeat(whole.length)), found };
}

/** Hosts that a text names, in its order. */
function hostsIn(text: string): string[] {
  const urls = take(text, URL_TEXT, urlMention);
  const mails = take(urls.rest, MAIL, mailMention);
  const words = take(mails.rest, WORD, wordMention);
  return [...urls.found, ...mails.found, ...words.found]
    .sort((one, other) => one.at - other.at)
    .map(({ host }) => host.text);
}

/** `selector mail2026` of somebody who writes about DKIM, and `s=mail2026` of a DKIM-Signature. */
const SELECTOR =
  /(?:\bselectors?\b(?: is| named)?[\s:="'“„(]{1,4}|;\s*s=)([a-z\d](?:[a-z\d_-]{0,61}[a-z\d])?)(?![\w.-])/giu;

/** The name of a DKIM key: what stands before `_domainkey` must be typed too, so that it can carry nothing out. */
const DKIM_NAME = /^([^.]+)\._domainkey\.(.+)$/;

/**
 * The hosts that the principal typed: host names, hosts of URLs, addresses and mail domains in chat messages and in a
 * ticket's own subject and body, outside quoted and forwarded text. Nothing else makes a target: no attachment, passage
 * or tool output. The newest message counts first; at most `limit` hosts are kept.
 */
export function trustedTargets(
  input: { readonly messages: readonly Message[]; readonly ticket: Ticket | null },
  limit = 10,
): TrustedTargets {
  const typed = input.messages.filter(({ type }) => type === 'human').map(({ content }) => content);
  if (input.ticket) typed.push(`${input.ticket.subject}\n${input.ticket.body}`);
  const texts = typed.reverse().map((text) => ownWords(text.slice(0, MAX_TEXT)));
  const list = [...new Set(texts.flatMap(hostsIn))].slice(0, limit);
  const trusted = new Set(list);
  const selectors = new Set(
    texts.flatMap((text) => [...text.matchAll(SELECTOR)].map((match) => (match[1] ?? '').toLowerCase())),
  );
  const isTypedKey = (name: string) => {
    const [, selector = '', domain = ''] = DKIM_NAME.exec(name) ?? [];
    return selectors.has(selector) && trusted.has(domain);
  };
  return {
    list,
    has(host) {
      const name = parseHost(host)?.text ?? '';
      return trusted.has(name) || isTypedKey(name);
    },
  };
}
