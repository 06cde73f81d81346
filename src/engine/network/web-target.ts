/** Where one request goes, as far as its text tells: the gate has not seen it yet. */
export interface WebTarget {
  readonly secure: boolean;
  /** As it was written, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Path and query, escaped. */
  readonly path: string;
  /** The whole address in its normal form: what makes two targets the same. */
  readonly href: string;
}

const SCHEME = /^([a-z][a-z\d+.-]*):/i;
const ABSOLUTE = /^(https?):\/\/(\[[\da-f:.]+\]|[^\s/?#@:[\]\\]+)(?::(\d{1,5}))?(?=[/?#]|$)/i;
const MAX_URL = 4_096;

/**
 * Reads an absolute `http` or `https` address. The host stays as it was written, for the gate to judge: the URL parser
 * would make `0x7f.1` into `127.0.0.1`. Null for every other scheme, userinfo, backslashes, white space and ports out
 * of range.
 */
export function readWebTarget(text: string): WebTarget | null {
  const [, scheme = '', authority = '', portText] = ABSOLUTE.exec(text) ?? [];
  if (!authority || text.length > MAX_URL || /[\s\\\p{Cc}]/u.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  const secure = scheme.toLowerCase() === 'https';
  const port = portText === undefined ? (secure ? 443 : 80) : Number(portText);
  if (port < 1) return null;
  url.hash = '';
  return {
    secure,
    host: authority.replace(/^\[|\]$/g, ''),
    port,
    path: `${url.pathname}${url.search}`,
    href: url.href,
  };
}

/** Reads a `Location` header against the address that sent it (RFC 9110 §10.2.2); null for what leads to no web page. */
export function readRedirect(location: string, from: WebTarget): WebTarget | null {
  if (/[\s\\\p{Cc}]/u.test(location)) return null;
  if (SCHEME.test(location)) return readWebTarget(location);
  if (location.startsWith('//')) return readWebTarget(`${from.secure ? 'https' : 'http'}:${location}`);
  return URL.canParse(location, from.href) ? readWebTarget(new URL(location, from.href).href) : null;
}

/** The address for people and models, without the query, which may hold what is nobody's business. */
export const shownUrl = ({ href }: Pick<WebTarget, 'href'>): string => href.replace(/[?#].*$/, '');
