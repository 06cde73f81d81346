const MAX_COOKIES = 20;
const COOKIE = /^\s*([!#$%&'*+.^`|~\w-]{1,128})=([!-:<-~]{0,1024})\s*(?:;|$)/;
const SECURE = /;\s*secure\s*(?:;|$)/i;

interface Cookie {
  readonly value: string;
  readonly secure: boolean;
}

/** The cookies of one probe. Sites that hand out a cookie and redirect look like a loop to who does not return it. */
export interface CookieJar {
  keep(host: string, setCookie: readonly string[]): void;
  /** For the very host that set them; those marked `Secure` only over TLS. */
  of(host: string, secure: boolean): ReadonlyMap<string, string>;
}

export function createCookieJar(): CookieJar {
  const hosts = new Map<string, Map<string, Cookie>>();
  return {
    keep(host, setCookie) {
      const cookies = hosts.get(host) ?? new Map<string, Cookie>();
      hosts.set(host, cookies);
      for (const text of setCookie.slice(0, MAX_COOKIES)) {
        const [, name, value = ''] = COOKIE.exec(text) ?? [];
        if (name && (cookies.has(name) || cookies.size < MAX_COOKIES))
          cookies.set(name, { value, secure: SECURE.test(text) });
      }
    },
    of: (host, secure) =>
      new Map(
        [...(hosts.get(host) ?? [])]
          .filter(([, cookie]) => secure || !cookie.secure)
          .map(([name, { value }]) => [name, value]),
      ),
  };
}
