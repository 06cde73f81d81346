import { z } from 'zod';

/** What a structured log line says, whatever its logger calls it. */
export interface JsonRecord {
  readonly time: string | null;
  /** As a word; numbers of pino and bunyan are translated. */
  readonly level: string | null;
  readonly component: string | null;
  readonly message: string;
}

/** Longer lines are no log lines, and parsing them costs. */
const MAX_LINE = 100_000;

const errorSchema = z.looseObject({
  type: z.string().optional(),
  name: z.string().optional(),
  message: z.string(),
});

const text = z.string().optional().catch(undefined);
const moment = z.union([z.string(), z.number()]).optional().catch(undefined);
const error = z.union([errorSchema, z.string()]).optional().catch(undefined);

/** Keys of pino, bunyan, winston, zap, logrus, Serilog, Elastic Common Schema and Google Cloud. */
const lineSchema = z.looseObject({
  ...{ time: moment, timestamp: moment, '@timestamp': moment, ts: moment, '@t': moment },
  ...{ level: moment, severity: text, 'log.level': text, '@l': text },
  ...{ msg: text, message: text, '@m': text, '@mt': text },
  ...{ name: text, logger: text, 'log.logger': text, service: text, component: text },
  ...{ err: error, error, exception: error, '@x': text },
});

const LEVELS: readonly (readonly [least: number, word: string])[] = [
  [60, 'fatal'],
  [50, 'error'],
  [40, 'warn'],
];

const levelOf = (level: string | number | undefined): string | null =>
  typeof level === 'number' ? (LEVELS.find(([least]) => level >= least)?.[1] ?? 'info') : (level ?? null);

/** Loggers write milliseconds or seconds since the Unix epoch, or an ISO time, which stays as it is. */
function timeOf(time: string | number | undefined): string | null {
  if (typeof time !== 'number') return time ?? null;
  const date = new Date(time < 1e11 ? time * 1_000 : time);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** The error says more than the sentence around it. */
function errorText(error: z.infer<typeof errorSchema> | string | undefined): string | undefined {
  if (typeof error !== 'object') return error?.split('\n', 1)[0];
  const type = error.type ?? error.name;
  return type ? `${type}: ${error.message}` : error.message;
}

/** Reads one line of a logger that writes JSON objects; null for every other line and for JSON that is no log. */
export function readJsonLine(line: string): JsonRecord | null {
  if (!/^\s*\{.*\}\s*$/.test(line) || line.length > MAX_LINE) return null;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const { data } = lineSchema.safeParse(value);
  if (!data) return null;
  const level = levelOf(data.level ?? data.severity ?? data['log.level'] ?? data['@l']);
  const time = timeOf(data.time ?? data.timestamp ?? data['@timestamp'] ?? data.ts ?? data['@t']);
  const said = data.msg ?? data.message ?? data['@m'] ?? data['@mt'];
  const message = errorText(data.err ?? data.error ?? data.exception ?? data['@x']) ?? said;
  if (message === undefined || (level === null && time === null)) return null;
  const component = data.logger ?? data['log.logger'] ?? data.name ?? data.component ?? data.service ?? null;
  return { time, level, component, message };
}
