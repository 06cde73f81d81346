import { z } from 'zod';
import { shorten } from '../../text.js';
import { readLogLine } from './log-lines.js';
import { type LogSignature, type LogSummary, logSignatures } from './log-signatures.js';
import { defineTool, type GivenText, type ToolOutcome } from './tool.js';

const SHOWN = 5;
/** Characters of each text in which a log must begin to be noticed. */
const MAX_SCAN = 200_000;

/** What an error message is about: the words that the board's rules know. */
const THEMES: readonly (readonly [theme: string, pattern: RegExp])[] = [
  [
    'certificate expired',
    /certificate (?:has )?expired|CERT_HAS_EXPIRED|NotAfter|certificate is not yet valid|\b13806\b/i,
  ],
  [
    'certificate not trusted',
    /PKIX path|unable to (?:verify|get) .{0,40}(?:certificate|issuer)|self.signed certificate|x509:|CERTIFICATE_VERIFY_FAILED/i,
  ],
  [
    'name not found',
    /ENOTFOUND|UnknownHost|NXDOMAIN|no such host|getaddrinfo|name or service not known|could not resolve/i,
  ],
  ['connection refused', /ECONNREFUSED|connection refused|actively refused/i],
  ['timeout', /ETIMEDOUT|time(?:d)?[ -]?out/i],
  ['connection reset', /ECONNRESET|connection reset|broken pipe|EPIPE/i],
  ['out of memory', /out ?of ?memory|OutOfMemoryError|heap out of|oom.?kill|cannot allocate memory/i],
  ['disk full', /ENOSPC|no space left|disk (?:is )?full|not enough space/i],
  [
    'access denied',
    /EACCES|EPERM|access (?:is )?denied|permission denied|\b403\b|forbidden|unauthori[sz]ed|\b401\b/i,
  ],
  ['server error', /HTTP 5\d\d/],
];

const themesOf = (signatures: readonly LogSignature[]): string[] => {
  const text = signatures.map(({ type, example }) => `${type}: ${example}`).join('\n');
  const themes = THEMES.flatMap(([theme, pattern]) => (pattern.test(text) ? [theme] : []));
  return themes.length === 0 && signatures.some(({ type }) => type !== 'error') ? ['exception'] : themes;
};

const named = ({ type, example }: LogSignature) =>
  shorten(type === 'error' ? example : example ? `${type}: ${example}` : type, 200);

const times = (count: number) => (count === 1 ? 'once' : `${count} times`);

function sentence({ lines, errors, signatures }: LogSummary): string {
  const [most, ...others] = signatures;
  if (!most) return `The log has ${lines} lines and no error among them.`;
  const what = `“${named(most)}”${most.component ? ` in ${most.component}` : ''}`;
  if (errors === 1) return `The log shows one error: ${what}.`;
  if (others.length === 0) return `The log shows the same error ${errors} times: ${what}.`;
  const since = most.first ? `, first at ${most.first}` : '';
  return `The log shows ${errors} errors of ${signatures.length} kinds; the most frequent, ${times(most.count)}${since}: ${what}.`;
}

function factsOf(summary: LogSummary): Record<string, string> {
  const { lines, errors, signatures, cut } = summary;
  const shown = signatures.slice(0, SHOWN).map((signature, at) => {
    const { count, component, first, last } = signature;
    const place = component ? `; in ${component}` : '';
    const when = first ? `; ${first === last ? first : `${first} to ${last}`}` : '';
    return [`signature ${at + 1}`, `${count}x ${named(signature)}${place}${when}`] as const;
  });
  const themes = themesOf(signatures);
  return {
    lines: String(lines),
    errors: String(errors),
    signatures: String(signatures.length),
    ...(themes.length > 0 && { themes: themes.join(', ') }),
    ...(cut && { cut: 'only the first MiB was read' }),
    ...Object.fromEntries(shown),
  };
}

const outcomeOf = (summary: LogSummary): ToolOutcome => ({
  ok: true,
  summary: sentence(summary),
  facts: factsOf(summary),
});

/** A line that can only be a log's: a sentence with a date in its middle is none. */
function isTelling(text: string): boolean {
  const line = readLogLine(text);
  if (line?.kind === 'field') return line.name === 'event id' || line.name === 'log name';
  if (line?.kind !== 'record') return line !== null;
  return (
    line.component !== null ||
    text.trimStart().startsWith('{') ||
    (line.time !== null && text.slice(0, line.time.length + 2).includes(line.time))
  );
}

/** The first lines that look like a log, at most `limit` characters; null where no text holds a log. */
export function logExcerpt(texts: readonly GivenText[], limit = 2_000): string | null {
  const lines = texts.flatMap(({ text }) => text.slice(0, MAX_SCAN).split(/\r\n|\r|\n/));
  const found = lines.filter((line) => readLogLine(line) !== null);
  return found.some(isTelling) ? found.join('\n').slice(0, limit) : null;
}

/** Groups the errors of pasted logs and stack traces. */
export const logAnalyze = defineTool({
  name: 'log.analyze',
  version: '1.0.0',
  description:
    'Reads the log lines, error messages and stack traces that came with the question, in its text or its attached ' +
    'files, and groups the errors: type, message, how often, when, where. Use it when there is a log or an exception.',
  input: z.object({
    source: z.enum(['message', 'attachments']).optional().describe('where the log stands; both if not given'),
  }),
  permission: 'read-text',
  deadlineMs: 2_000,
  target: ({ source }) => source ?? 'log',
  run: async ({ source }, { texts }) => {
    const wanted = texts.filter(
      ({ name }) => source === undefined || (name === 'message') === (source === 'message'),
    );
    return outcomeOf(logSignatures(wanted.map(({ text }) => text).join('\n')));
  },
});
