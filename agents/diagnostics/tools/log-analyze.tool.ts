import { z } from 'zod';
import { shorten } from '../../text.js';
import { readLogLine } from './log-lines.js';
import { type LogSignature, type LogSummary, logSignatures } from './log-signatures.js';
import { defineTool, type GivenText, type ToolOutcome } from './tool.js';

const SHOWN = 5;

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
  const span = signatures.flatMap(({ first, last }) => [first, last]).filter((time) => time !== null);
  const where = most.component ? ` in ${most.component}` : '';
  if (others.length === 0) return `The log shows one error, ${times(errors)}: “${named(most)}”${where}.`;
  const between = span.length > 1 ? ` from ${span[0]} on` : '';
  return `The log shows ${errors} errors of ${signatures.length} kinds${between}; the most frequent, ${times(most.count)}: “${named(most)}”${where}.`;
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

/** Lines of `text` that are a log's or a stack trace's, as they stand. */
const logLines = (text: string) => text.split(/\r\n|\r|\n/).filter((line) => readLogLine(line) !== null);

/**
 * The first lines that look like a log, at most `limit` characters; null where a text holds no log. One stray line,
 * such as a sentence with a date, is none.
 */
export function logExcerpt(texts: readonly GivenText[], limit = 2_000): string | null {
  const lines = texts.flatMap(({ text }) => logLines(text.slice(0, 200_000)));
  const telling = lines.some((line) => ['frame', 'exception'].includes(readLogLine(line)?.kind ?? ''));
  if (lines.length < 2 && !telling) return null;
  return lines.length === 0 ? null : lines.join('\n').slice(0, limit);
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
