import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { type Fault, fault, type Principal } from '../../../agents/contracts/index.js';
import type { ApiKeyEntry } from '../../config/config.schema.js';
import type { HostConfig } from '../common/host-config.js';

/** Who asks where no key is configured: the person at this machine. */
const LOCAL_OPERATOR: Principal = { id: 'local', tenant: 'default', groups: [], role: 'operator' };

const SUBPROTOCOL_PREFIX = 'bearer.';

const isLoopback = (name: string): boolean =>
  name === 'localhost' ||
  name.endsWith('.localhost') ||
  name === '::1' ||
  (isIP(name) === 4 && name.startsWith('127.'));

/** The bare, lower-case name of a `Host` header or of an origin's authority, or null where it is not one. */
const hostName = (authority: string): string | null => {
  try {
    const url = new URL(`http://${authority}`);
    if (url.username || url.password || url.pathname !== '/' || url.search || url.hash) return null;
    return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  } catch {
    return null;
  }
};

const originUrl = (origin: string): URL | null => {
  try {
    const url = new URL(origin);
    return url.origin === origin.toLowerCase() ? url : null;
  } catch {
    return null;
  }
};

const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

/** The key that a request presents: bearer header, LangGraph's own `x-api-key`, or a WebSocket sub-protocol. */
const presentedKey = (headers: IncomingMessage['headers']): string | undefined => {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (headers.authorization !== undefined) return bearer;
  const alias = single(headers['x-api-key']);
  if (alias) return alias;
  return headers['sec-websocket-protocol']
    ?.split(',')
    .map((offered) => offered.trim())
    .find((offered) => offered.startsWith(SUBPROTOCOL_PREFIX))
    ?.slice(SUBPROTOCOL_PREFIX.length);
};

const digestOf = (entry: ApiKeyEntry): Buffer => Buffer.from(entry.hash.replace(/^sha256:/, ''), 'hex');

/** Settles who may come in, before anything else of a request is looked at. */
export interface Gate {
  /** @throws `HOST_REFUSED` or `ORIGIN_REFUSED` */
  checkSite(request: IncomingMessage): void;
  /** True where a browser page of this origin may call the host whose name is `host`. */
  allowsOrigin(origin: string, host: string | undefined): boolean;
  /** @throws `UNAUTHENTICATED` */
  identify(headers: IncomingMessage['headers']): Principal;
}

/**
 * Host and Origin are checked against DNS rebinding and foreign pages: a browser is told apart by its `Origin`, other
 * clients by nothing but their key.
 */
export function createGate(config: HostConfig): Gate {
  const origins = new Set(config.server.origins.map((origin) => originUrl(origin)?.origin ?? origin));
  const names = new Set(
    [config.server.host, ...config.server.origins.map((origin) => originUrl(origin)?.hostname ?? '')].filter(
      Boolean,
    ),
  );
  const keys = config.auth.keys.map((entry) => ({ entry, digest: digestOf(entry) }));

  const knowsHost = (authority: string | undefined, localAddress: string | undefined): boolean => {
    const name = authority === undefined ? null : hostName(authority);
    if (name === null) return false;
    // An address of this machine cannot be rebound by a foreign name server, so it needs no configuration.
    return (
      isLoopback(name) ||
      names.has(name) ||
      (isIP(name) !== 0 && localAddress?.replace(/^::ffff:/, '') === name)
    );
  };

  const allowsOrigin = (origin: string, host: string | undefined): boolean => {
    const url = originUrl(origin);
    if (url === null) return false;
    const name = url.hostname.replace(/^\[|\]$/g, '');
    return origins.has(url.origin) || isLoopback(name) || url.host === host?.toLowerCase();
  };

  const unauthenticated = (): Fault => fault('UNAUTHENTICATED');

  return {
    allowsOrigin,
    checkSite(request) {
      const { host, origin } = request.headers;
      if (!knowsHost(host, request.socket.localAddress)) throw fault('HOST_REFUSED');
      if (origin !== undefined && !allowsOrigin(origin, host)) throw fault('ORIGIN_REFUSED');
    },
    identify(headers) {
      if (keys.length === 0) return LOCAL_OPERATOR;
      const presented = presentedKey(headers);
      if (presented === undefined) throw unauthenticated();
      const digest = createHash('sha256').update(presented).digest();
      // All keys are compared, each in constant time, so that the time tells nothing about which one came close.
      const matches = keys.filter(
        (key) => key.digest.length === digest.length && timingSafeEqual(key.digest, digest),
      );
      const found = matches[0]?.entry;
      if (!found) throw unauthenticated();
      return { id: found.id, tenant: found.tenant, groups: found.groups, role: found.role };
    },
  };
}

/**
 * The sub-protocol to confirm. A browser fails the connection when none of its offers is confirmed, so the key's own
 * entry is returned only where the client offered nothing else.
 */
export function chooseSubprotocol(offered: ReadonlySet<string>): string | false {
  const plain = [...offered].find((name) => !name.startsWith(SUBPROTOCOL_PREFIX));
  return plain ?? [...offered][0] ?? false;
}
