import { type LogLine, readLogLine } from './log-lines.js';

/** One kind of error of a log. */
export interface LogSignature {
  /** Exception type, event or `error` where the log names none. */
  readonly type: string;
  /** The message with its variable parts masked: what its repetitions share. */
  readonly template: string;
  /** The message as it stands at its first time. */
  readonly example: string;
  readonly count: number;
  /** Times as the log writes them. */
  readonly first: string | null;
  readonly last: string | null;
  /** Logger, process or the first own place of the stack. */
  readonly component: string | null;
}

export interface LogSummary {
  readonly lines: number;
  /** Lines whose form is that of a log or a stack trace. */
  readonly recognised: number;
  readonly errors: number;
  /** Most frequent first. */
  readonly signatures: readonly LogSignature[];
  /** True where the text was longer than what is read. */
  readonly cut: boolean;
}

const MAX_TEXT = 1_048_576;
const MAX_SIGNATURES = 200;
const MAX_EXAMPLE = 300;

/** What varies between two occurrences of the same error, the most particular first. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\b[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}\b/gi, '<id>'],
  [/\b[a-z][a-z\d+.-]{1,20}:\/\/[^\s"'<>)]+/gi, '<url>'],
  [/[\w.+-]{1,64}@[\w.-]{1,253}/g, '<mail>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b/g, '<address>'],
  [/"[^"]{0,200}"|'[^']{0,200}'/g, '<text>'],
  [/(?:[A-Z]:\\|\/)[\w.-]+(?:[\\/][\w.-]+)+/g, '<path>'],
  [/\b0x[\da-f]+\b|\b[\da-f]{12,}\b/gi, '<hex>'],
  [/\d+(?:[.,]\d+)*/g, '<n>'],
];

/** Places in runtimes and frameworks say little about where the error is at home. */
const LIBRARY =
  /^(?:java|javax|jdk|sun|kotlin|scala|org\.(?:apache|springframework|hibernate)|com\.sun|node:|System\.|Microsoft\.|runtime\.|net\/http)|node_modules|site-packages|lib\/python/;

/** The error that is being read: its line, its exception and its frames come one after the other. */
interface Open {
  readonly type: string;
  readonly message: string;
  readonly time: string | null;
  readonly component: string | null;
  /** True once an exception line named the type. */
  readonly typed: boolean;
}

const NOTHING: Open = { type: 'error', message: '', time: null, component: null, typed: false };

const ownPlace = (place: string) => (LIBRARY.test(place) ? null : place);

/** An exception may stand in the record's own line. */
function typedMessage(message: string): Partial<Open> {
  const inline = readLogLine(message);
  return inline?.kind === 'exception' ? { type: inline.type, message: inline.message, typed: true } : {};
}

function windowsEvent(fields: Readonly<Record<string, string>>): Open | null {
  if (!/^(?:error|critical|fehler|kritisch)/i.test(fields.level ?? '')) return null;
  const type = `Event ${fields['event id'] ?? fields.eventid ?? '?'}`;
  const { description = '', date = null, source = null } = fields;
  return { type, message: description, time: date, component: source, typed: true };
}

const maskOf = (message: string) =>
  MASKS.reduce((text, [pattern, mask]) => text.replace(pattern, mask), message);

/**
 * Groups the errors of a log by type and masked message. Reads Java, Python, Node, .NET and Go stack traces, syslog,
 * nginx, Windows events, the JSON lines of the usual loggers and `time level logger message` lines. Time is linear in the text's length.
 */
export function logSignatures(text: string): LogSummary {
  const lines = text.slice(0, MAX_TEXT).split(/\r\n|\r|\n/);
  const signatures = new Map<string, LogSignature>();
  const found = { recognised: 0, errors: 0 };
  const state: { open: Open | null; fields: Record<string, string> } = { open: null, fields: {} };

  const count = ({ type, message, time, component }: Open) => {
    found.errors += 1;
    const example = message.slice(0, MAX_EXAMPLE).trim();
    const template = maskOf(example);
    const key = `${type}\n${template}`;
    const known = signatures.get(key);
    if (!known && signatures.size >= MAX_SIGNATURES) return;
    const signature = known ?? { type, template, example, count: 0, first: time, last: time, component };
    signatures.set(key, { ...signature, count: signature.count + 1, last: time ?? signature.last });
  };
  const begin = (error: Open | null) => {
    if (state.open) count(state.open);
    state.open = error;
  };

  const take = (line: LogLine) => {
    const { open } = state;
    switch (line.kind) {
      case 'frame':
        state.open = { ...(open ?? NOTHING), component: open?.component ?? ownPlace(line.place) };
        break;
      case 'exception': {
        const { type, message } = line;
        // Python names the error after its frames, a logger before them: both are one error, as is a root cause.
        const continues = open !== null && (line.root || !open.typed);
        const error = { ...NOTHING, ...(continues && open), type, typed: true };
        if (!continues) begin(null);
        state.open = { ...error, message: message || error.message };
        break;
      }
      case 'record':
        begin(line.error ? { ...NOTHING, ...line, ...typedMessage(line.message) } : null);
        break;
      case 'field':
        if (line.name === 'log name') state.fields = {};
        state.fields[line.name] = line.value;
        if (line.name === 'description') begin(windowsEvent(state.fields));
        break;
    }
  };

  for (const text of lines) {
    const line = readLogLine(text);
    if (line === null) continue;
    found.recognised += 1;
    take(line);
  }
  begin(null);
  const sorted = [...signatures.values()].sort((one, other) => other.count - one.count);
  return { ...found, lines: lines.length, signatures: sorted, cut: text.length > MAX_TEXT };
}
