import type { LoggedEvent } from '../../engine/runtime.js';
import { encodeTextDelta, joinTextDeltas, readTextDelta, type TextDelta } from './text-delta.js';

/** At most this much waits for one reader, in bytes of text. */
export const OUTBOX_BYTES = 1024 * 1024;
/** With more than this unsent in the socket, further frames wait here, where they can still be joined. */
const SOCKET_BYTES = 256 * 1024;

/** How frames reach one reader: a WebSocket or a server-sent event stream. */
export interface Wire {
  /** Bytes that were written and that the reader's side has not taken yet. */
  pending(): number;
  /** `event` is null for replies and notices. */
  write(frame: string, event: LoggedEvent | null): void;
  /** Runs `writes` with the socket corked: one system call for all of them. */
  batch(writes: () => void): void;
}

export interface OutboxEvents {
  /** The reader fell behind: frames wait. */
  onBehind(): void;
  /** Everything that waited has left. */
  onCaughtUp(): void;
}

/** Frames on their way to one reader. Bounded; what does not fit stays in the log, where it is safe. */
export interface Outbox {
  /** A reply or notice: always taken, never joined with others. */
  push(frame: string): void;
  /** False where there is no room; offer it again after {@link OutboxEvents.onCaughtUp}. */
  offer(event: LoggedEvent): boolean;
  /** The socket took what it had: go on writing. */
  drained(): void;
  /** Drops what waits; nothing is written any more. */
  close(): void;
  readonly bytes: number;
}

interface Entry {
  readonly text: string;
  /** Null for replies and notices. */
  event: LoggedEvent | null;
  bytes: number;
  /** Set once the entry stands for several text deltas. */
  delta: TextDelta | null;
}

/**
 * Writes once a tick. A reader who keeps up costs no look inside a frame; for one who does not, neighbouring text
 * deltas of a message become one and only the newest `values` stays, each carrying the last `seq` and `event_id`.
 */
export function createOutbox(wire: Wire, events: OutboxEvents): Outbox {
  let queue: Entry[] = [];
  let bytes = 0;
  let scheduled = false;
  let behind = false;
  let closed = false;

  const flush = (): void => {
    scheduled = false;
    if (closed) return;
    let written = 0;
    wire.batch(() => {
      for (const entry of queue) {
        if (wire.pending() >= SOCKET_BYTES) break;
        written += 1;
        bytes -= entry.bytes;
        wire.write(entry.delta ? encodeTextDelta(entry.delta) : entry.text, entry.event);
      }
    });
    queue = written === queue.length ? [] : queue.slice(written);
    if (queue.length > 0 && !behind) {
      behind = true;
      events.onBehind();
    } else if (queue.length === 0 && behind) {
      behind = false;
      events.onCaughtUp();
    }
  };

  const append = (text: string, event: LoggedEvent | null, size: number): void => {
    queue.push({ text, event, bytes: size, delta: null });
    bytes += size;
    if (scheduled || behind) return;
    scheduled = true;
    setImmediate(flush);
  };

  const fits = (growth: number): boolean => bytes === 0 || bytes + growth <= OUTBOX_BYTES;

  /** True where the event's text went into the frame that waits last. */
  const joinLast = (event: LoggedEvent): boolean => {
    const last = queue.at(-1);
    const delta = last?.event && readTextDelta(event);
    if (!last?.event || !delta) return false;
    const before = last.delta ?? readTextDelta(last.event);
    const growth = Buffer.byteLength(delta.texts.join(''));
    if (!before || !fits(growth)) return false;
    const joined = joinTextDeltas(before, delta);
    if (!joined) return false;
    Object.assign(last, { delta: joined, event, bytes: last.bytes + growth });
    bytes += growth;
    return true;
  };

  /** Takes the older `values` out, where the newer one then has room. */
  const replaceValues = (event: LoggedEvent, size: number): boolean => {
    const index = queue.findLastIndex((entry) => entry.event?.method === 'values');
    const older = queue[index];
    if (!older || !fits(size - older.bytes)) return false;
    queue.splice(index, 1);
    bytes -= older.bytes;
    append(event.json, event, size);
    return true;
  };

  return {
    get bytes() {
      return bytes;
    },
    push(frame) {
      if (!closed) append(frame, null, Buffer.byteLength(frame));
    },
    offer(event) {
      if (closed) return false;
      if (behind && joinLast(event)) return true;
      const size = Buffer.byteLength(event.json);
      if (behind && event.method === 'values' && replaceValues(event, size)) return true;
      if (!fits(size)) return false;
      append(event.json, event, size);
      return true;
    },
    drained() {
      if (behind) flush();
    },
    close() {
      closed = true;
      queue = [];
      bytes = 0;
    },
  };
}
