import { CHANNELS } from '../../../agents/contracts/index.js';
import type { LoggedEvent } from '../runtime.contract.js';

type Method = LoggedEvent['method'];

/** An event before it is numbered. */
export interface EventBody {
  readonly method: Method;
  /** For `custom`. */
  readonly name?: string;
  readonly data: unknown;
  /** For `messages`. */
  readonly node?: string;
}

/** What a thread shows as its state: the stored text of its messages and the rest of the state, joined without parsing. */
export interface ValuesRef {
  readonly ranges: readonly (readonly [number, number])[];
  /** JSON object text without `messages`; absent where a turn holds it. */
  readonly rest?: string;
  /** Number of the turn whose state this is. */
  readonly turn?: number;
}

/** A numbered event as it stands in the log: the frame itself, or for `values` what it is rebuilt from. */
export interface LogEntry {
  readonly seq: number;
  readonly eventId: string;
  readonly runId: string | null;
  readonly method: Method;
  readonly name: string | null;
  readonly frame: string | { readonly at: number; readonly values: ValuesRef };
}

/** Encodes one event as a frame of the Agent Streaming Protocol. */
export function frameOf(body: EventBody, seq: number, eventId: string, at: number): string {
  const data = body.name ? { name: body.name, payload: body.data } : body.data;
  const node = body.node ? `"node":${JSON.stringify(body.node)},` : '';
  return (
    `{"type":"event","event_id":"${eventId}","seq":${seq},"method":"${body.method}","params":` +
    `{"namespace":[],"timestamp":${at},${node}"data":${JSON.stringify(data)}}}`
  );
}

/** Encodes a `values` frame from the stored texts of messages; the same reference gives the same bytes. */
export function valuesFrame(entry: LogEntry, at: number, values: string): string {
  return (
    `{"type":"event","event_id":"${entry.eventId}","seq":${entry.seq},"method":"values","params":` +
    `{"namespace":[],"timestamp":${at},"data":${values}}}`
  );
}

/** The public state as JSON text from stored texts. */
export function valuesText(messages: readonly string[], rest: string): string {
  const others = rest.slice(1, -1);
  return `{"messages":[${messages.join(',')}]${others === '' ? '' : `,${others}`}}`;
}

/** One line of a segment; {@link parseLine} is its inverse. */
export function lineOf(entry: LogEntry): string {
  const head = `${entry.seq}\t${entry.method}\t${entry.name ?? ''}\t${entry.eventId}\t`;
  if (typeof entry.frame === 'string') return head + entry.frame;
  const { at, values } = entry.frame;
  const { rest: _, ...byTurn } = values;
  return `${head}@${JSON.stringify({ at, values: values.turn === undefined ? values : byTurn })}`;
}

const METHODS: ReadonlySet<string> = new Set(CHANNELS.filter((channel) => !channel.includes(':')));
const isMethod = (text: string): text is Method => METHODS.has(text);

export function parseLine(line: string, runId: string | null): LogEntry {
  const [seq = '', method = '', name = '', eventId = ''] = line.split('\t', 4);
  if (!isMethod(method)) throw new TypeError(`not a line of the event log: ${line.slice(0, 40)}`);
  const body = line.slice(seq.length + method.length + name.length + eventId.length + 4);
  return {
    seq: Number(seq),
    eventId,
    runId,
    method,
    name: name || null,
    frame: body.startsWith('@') ? JSON.parse(body.slice(1)) : body,
  };
}
