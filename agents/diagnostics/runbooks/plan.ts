import { parseHost } from '../../contracts/index.js';
import { ownWords } from '../own-words.js';
import type { Aim } from './runbook.js';
import { chooseRunbook, type RunbookName } from './runbooks.js';

/** A runbook with what it is followed for. */
export interface Plan {
  readonly runbook: RunbookName;
  readonly aim: Aim;
}

/** Hosts of one message for which a runbook is followed; the model may look at the others. */
const MOST_HOSTS = 2;
/** Characters of a message in which ports and addresses are looked for. */
const MAX_TEXT = 20_000;
/** The name under which a log that came with the question is looked at. */
export const LOG = 'log';

const PORTS = { http: 80, https: 443 } as const;
const URL_TEXT = /\b(https?):\/\/(\[[\da-f:.]+\]|[^\s/?#:<>"'`]+)(?::(\d{1,5}))?([^\s?#<>"'`|{}]*)/gi;
/** Begins where a word does, so that the time stays linear. */
const HOST_PORT = /(?<![\p{L}\p{N}._-])([\p{L}\p{N}._-]{1,253}|\[[\da-f:.]{2,45}\]):(\d{1,5})\b/giu;
const WORD_PORT = /\b(?:port|tcp|udp)\s*(?:port|number|no\.?)?\s*[:=/]?\s*(\d{1,5})\b/gi;

const isPort = (port: number) => port >= 1 && port <= 65_535;
const isSame = (text: string, host: string) => parseHost(text.replace(/^\[|\]$/g, ''))?.text === host;

interface TypedUrl {
  readonly text: string;
  readonly port: number;
}

function typedUrl(host: string, words: string): TypedUrl | null {
  for (const [, scheme = '', name = '', port, path = ''] of words.matchAll(URL_TEXT)) {
    if (!isSame(name, host)) continue;
    const isPlain = scheme.toLowerCase() === 'http';
    const end = path.replace(/[.,;:!?)\]”’]+$/, '');
    const authority = port === undefined ? name : `${name}:${port}`;
    return {
      text: `${isPlain ? 'http' : 'https'}://${authority}${end || '/'}`,
      port: port === undefined ? PORTS[isPlain ? 'http' : 'https'] : Number(port),
    };
  }
  return null;
}

/** Ports that stand behind the host or behind the word, in the order of the text. */
function typedPorts(host: string, words: string): number[] {
  const behindHost = [...words.matchAll(HOST_PORT)]
    .filter(([, name = '']) => isSame(name, host))
    .map(({ index, 2: port }) => ({ index, port: Number(port) }));
  const behindWord = [...words.matchAll(WORD_PORT)].map(({ index, 1: port }) => ({
    index,
    port: Number(port),
  }));
  return [...behindHost, ...behindWord]
    .sort((one, other) => one.index - other.index)
    .map(({ port }) => port)
    .filter(isPort);
}

/** Reads what the user typed around a host that they named. */
export function aimAt(host: string, message: string): Aim {
  const words = ownWords(message.slice(0, MAX_TEXT));
  const url = typedUrl(host, words);
  const ports = [...typedPorts(host, words), ...(url ? [url.port] : [])];
  const port = ports[0] ?? PORTS.https;
  const other = ports.find((candidate) => candidate !== port);
  const kind = parseHost(host)?.kind;
  const authority = kind === 'ipv6' ? `[${host}]` : host;
  const start =
    ports.length > 0 && port !== PORTS.https ? `https://${authority}:${port}/` : `https://${authority}/`;
  return {
    host,
    isName: kind === 'name',
    url: url?.text ?? start,
    port,
    otherPort: other ?? (port === PORTS.https ? PORTS.http : PORTS.https),
  };
}

const isMailDomain = (host: string, message: string) => message.toLowerCase().includes(`@${host}`);

/** What to follow for a message: the runbook of its symptoms for its first hosts, and the one for its log. */
export function plansFor({
  message,
  targets,
  hasLog,
}: {
  readonly message: string;
  readonly targets: readonly string[];
  readonly hasLog: boolean;
}): Plan[] {
  const runbook = targets.length > 0 ? chooseRunbook(message) : null;
  const domains = targets.filter((host) => isMailDomain(host, message));
  const hosts = runbook === 'mail not delivered' && domains.length > 0 ? domains : targets;
  return [
    ...(hasLog ? [{ runbook: 'errors in a log', aim: aimAt(LOG, '') } as const] : []),
    ...(runbook ? hosts.slice(0, MOST_HOSTS).map((host) => ({ runbook, aim: aimAt(host, message) })) : []),
  ];
}
