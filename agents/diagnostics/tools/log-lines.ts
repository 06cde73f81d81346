import { readJsonLine } from './log-json.js';

/** A line of a log, as far as its form tells. */
export type LogLine =
  /** `at com.example.Cart.load(Cart.java:42)`; `place` is the function or file. */
  | { readonly kind: 'frame'; readonly place: string }
  /** `java.net.ConnectException: Connection refused`; a root cause replaces the error that it caused. */
  | { readonly kind: 'exception'; readonly type: string; readonly message: string; readonly root: boolean }
  /** A record with a time or a level. */
  | {
      readonly kind: 'record';
      readonly time: string | null;
      readonly error: boolean;
      readonly component: string | null;
      readonly message: string;
    }
  /** `Event ID: 1000` of a Windows event written out as text. */
  | { readonly kind: 'field'; readonly name: string; readonly value: string };

const FRAMES: readonly RegExp[] = [
  /^\s*at (?:async |new )?([\w$.<>[\]`/@ -]{1,200}?) ?\(/, // Java, Node, .NET with a place
  /^\s*at (?:async )?((?:file:\/\/|node:|\/|[A-Z]:\\)[^\s()]{1,200}):\d+:\d+$/, // Node without a function
  /^\s*at ([\w$.<>`[\], ]{1,200}\))/, // .NET without a file
  /^\s*File "([^"]{1,200})", line \d+/, // Python
  /^\s*(?:\S{0,200}\/)?([\w.-]{1,100}\.go):\d+ \+0x[\da-f]+/, // Go
];

const TYPE = String.raw`(?:[\w$]+\.)*[\w$]*(?:Exception|Error|Failure|Fault|Interrupt|Panic)`;
const EXCEPTION = new RegExp(
  String.raw`^(?:\[[^\]]{1,40}\] )?(?:Exception in thread "[^"]{0,100}" |Unhandled exception[.:]? ?|Uncaught |` +
    String.raw`(?:Caused by: ?| ?---> ?))?(${TYPE})(?: [[(][\w-]{1,60}[\])])?(?::\s?(.*))?$`,
);
const ROOT = /^\s*(?:Caused by:|--->)/;
const GO_PANIC = /^(panic|fatal error): (.+)$/;

const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const CLOCK = String.raw`\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,9})?`;
const TIME = new RegExp(
  [
    String.raw`\d{4}-\d{2}-\d{2}[T ]${CLOCK}(?: ?(?:Z|[+-]\d{2}:?\d{2}))?`,
    String.raw`\d{4}/\d{2}/\d{2} ${CLOCK}`,
    String.raw`\d{2}/${MONTH}/\d{4}:${CLOCK} [+-]\d{4}`,
    String.raw`${MONTH} {1,2}\d{1,2} ${CLOCK}`,
    String.raw`\d{1,2}[/.]\d{1,2}[/.]\d{4},? ${CLOCK}(?: [AP]M)?`,
    String.raw`(?<=^\[?)${CLOCK}`,
  ].join('|'),
);
const LEVEL =
  /(?:^|[\s[(|"=:])(TRACE|DEBUG|INFO|INFORMATION|NOTICE|WARN|WARNING|ERR|ERROR|SEVERE|CRIT|CRITICAL|FATAL|ALERT|EMERG|PANIC)(?=$|[\s\])|":,])/;
const BRACKET_LEVEL =
  /\[(trace|debug|info|notice|warn|warning|err|error|crit|critical|fatal|alert|emerg)\]|level=(\w+)/i;
const ERROR_LEVEL = /^(?:err|error|severe|crit|critical|fatal|alert|emerg|panic)$/i;
const ERROR_WORDS =
  /\b(?:errors?|failed|failure|fatal|refused|denied|timed out|cannot|could not|unable to|panic|segfault|out of memory|killed process|expired|unreachable)\b/i;

const ACCESS = /"([A-Z]{3,10}) ([^" ]{1,500})(?: HTTP\/[\d.]+)?" (\d{3}) /;
/** `host process[123]: message` after the time. */
const SYSLOG = /^ (?:[\w.-]{1,100} )?([\w./-]{1,60})(?:\[\d{1,10}\])?: (.*)$/;
/** `com.example.Cart - message`, `[main] c.e.Cart: message` after the level. */
const LOGGER =
  /^[\s\])|":,-]*(?:\[[^\]]{1,80}\] ?|\d+ --- )*((?:[\w$-]{1,60}\.){1,10}[\w$-]{1,60}|[A-Z][\w$]{2,60}) ?(?::| -|\]| \|) ?(.*)$/;

/** `app.db - ` of Python's logging, before the level. */
const LOGGER_BEFORE = /(?:^|[\s-])([\w.$-]{2,80}) -\s*$/;
/** nginx: process, thread and connection. */
const NGINX_IDS = /^\d+#\d+: (?:\*\d+ )?/;

const EVENT_FIELD =
  /^\s*(Log Name|Source|Event ID|EventID|Level|Date|Task Category|Faulting application name|Faulting module name|Exception code|Description):\s*(.*)$/i;

/** What patterns see of a line. */
const MAX_LINE = 2_000;

const isError = (level: string | null | undefined, message: string): boolean =>
  level ? ERROR_LEVEL.test(level) : ERROR_WORDS.test(message);

function recordOf(line: string): LogLine | null {
  const time = TIME.exec(line.slice(0, 120));
  const access = ACCESS.exec(line);
  if (time && access) {
    const [, method = '', path = '', status = ''] = access;
    const message = `HTTP ${status} for ${method} ${path.split('?', 1)[0] ?? ''}`;
    return { kind: 'record', time: time[0], error: status.startsWith('5'), component: 'web server', message };
  }
  const after = time ? line.slice(time.index + time[0].length) : line;
  const head = after.slice(0, 160);
  const bracket = BRACKET_LEVEL.exec(head);
  const bare = bracket ? null : LEVEL.exec(head);
  const level = bracket?.[1] ?? bracket?.[2] ?? bare?.[1];
  if (!time && !(bare && bare.index === 0)) return null;
  const found = bracket ?? bare;
  const rest = found ? after.slice(found.index + found[0].length) : after;
  const named = LOGGER.exec(rest) ?? SYSLOG.exec(after);
  const before = found ? LOGGER_BEFORE.exec(after.slice(0, found.index)) : null;
  const message = (named?.[2] ?? rest)
    .replace(/^[\s\])|":,-]+/, '')
    .replace(NGINX_IDS, '')
    .trim();
  const error = isError(level, message);
  return {
    kind: 'record',
    time: time?.[0] ?? null,
    error,
    component: named?.[1] ?? before?.[1] ?? null,
    message,
  };
}

function exceptionOf(line: string): LogLine | null {
  const panic = GO_PANIC.exec(line);
  if (panic) return { kind: 'exception', type: panic[1] ?? '', message: panic[2] ?? '', root: false };
  // .NET writes the chain in one line; the last one is the cause.
  const text = line.slice(Math.max(0, line.lastIndexOf('---> '))).trimEnd();
  const found = EXCEPTION.exec(text.trimStart());
  return found && { kind: 'exception', type: found[1] ?? '', message: found[2] ?? '', root: ROOT.test(line) };
}

/** Tells what a line is by its form alone, or null where it has none. Time grows with the line's length only. */
export function readLogLine(text: string): LogLine | null {
  if (text === '') return null;
  const json = readJsonLine(text);
  if (json) {
    const { time, level, component, message } = json;
    return { kind: 'record', time, error: isError(level, message), component, message };
  }
  const line = text.slice(0, MAX_LINE);
  for (const pattern of FRAMES) {
    const place = pattern.exec(line)?.[1];
    if (place) return { kind: 'frame', place: place.trim() };
  }
  const field = EVENT_FIELD.exec(line);
  if (field) return { kind: 'field', name: (field[1] ?? '').toLowerCase(), value: (field[2] ?? '').trim() };
  return exceptionOf(line) ?? recordOf(line);
}
