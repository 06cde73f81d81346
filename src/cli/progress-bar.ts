export interface ProgressBar {
  /** Without a total, how many and how fast. */
  update(done: number, total: number | undefined): void;
  /** Removes the bar. */
  finish(): void;
}

const WIDTH = 24;
const REDRAW_MS = 100;

/** A bar with rate and time left, redrawn in place; nothing where the stream is not a terminal. */
export function createProgressBar(stream: NodeJS.WriteStream, label: string, before = 0): ProgressBar {
  if (!stream.isTTY) return { update: () => {}, finish: () => {} };
  const begin = performance.now();
  let drawn = -REDRAW_MS;
  return {
    update(done, total) {
      const now = performance.now();
      if (now - drawn < REDRAW_MS && done !== total) return;
      drawn = now;
      stream.write(`\r\x1b[K${progressLine({ label, done, total, before, seconds: (now - begin) / 1000 })}`);
    },
    finish: () => void stream.write('\r\x1b[K'),
  };
}

interface Progress {
  readonly label: string;
  readonly done: number;
  readonly total: number | undefined;
  /** Done by an earlier command: no part of the rate. */
  readonly before: number;
  /** Since the begin. */
  readonly seconds: number;
}

/** One line such as `ingest ████░░░░ 12/40 · 31/s · 1 s left`. */
export function progressLine({ label, done, total, before, seconds }: Progress): string {
  const rate = seconds > 0 ? (done - before) / seconds : 0;
  const pace = rate > 0 ? ` · ${rate.toFixed(rate < 10 ? 1 : 0)}/s` : '';
  if (total === undefined) return `${label} ${done}${pace}`;
  const filled = total === 0 ? WIDTH : Math.round((WIDTH * done) / total);
  const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
  const left = rate > 0 ? ` · ${Math.ceil((total - done) / rate)} s left` : '';
  return `${label} ${bar} ${done}/${total}${pace}${left}`;
}
