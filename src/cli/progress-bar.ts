export interface ProgressBar {
  update(done: number, total: number): void;
  /** Removes the bar. */
  finish(): void;
}

const WIDTH = 24;
const REDRAW_MS = 100;

/** A bar with rate and time left, redrawn in place; nothing where the stream is not a terminal. */
export function createProgressBar(stream: NodeJS.WriteStream, label: string): ProgressBar {
  if (!stream.isTTY) return { update: () => {}, finish: () => {} };
  const begin = performance.now();
  let drawn = -REDRAW_MS;
  return {
    update(done, total) {
      const now = performance.now();
      if (now - drawn < REDRAW_MS && done < total) return;
      drawn = now;
      stream.write(`\r\x1b[K${progressLine(label, done, total, (now - begin) / 1000)}`);
    },
    finish: () => void stream.write('\r\x1b[K'),
  };
}

/** One line such as `ingest ████░░░░ 12/40 · 31/s · 1 s left`. `seconds` is the time since the begin. */
export function progressLine(label: string, done: number, total: number, seconds: number): string {
  const filled = total === 0 ? WIDTH : Math.round((WIDTH * done) / total);
  const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
  const rate = seconds > 0 ? done / seconds : 0;
  const pace =
    rate > 0 ? ` · ${rate.toFixed(rate < 10 ? 1 : 0)}/s · ${Math.ceil((total - done) / rate)} s left` : '';
  return `${label} ${bar} ${done}/${total}${pace}`;
}
