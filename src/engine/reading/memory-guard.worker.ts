import { parentPort } from 'node:worker_threads';
import type { Bounds } from './reading-process.js';

const LOOK_EVERY_MS = 20;

let bounds: Bounds | undefined;

/** Signals end a process whose main thread never comes up for air; each tells the other side what the reason was. */
const end = (signal: NodeJS.Signals) => process.kill(process.pid, signal);

parentPort?.on('message', (next: Bounds | undefined) => {
  bounds = next;
});

/** Runs beside a reader, which may be caught in one endless call, and ends the process of both at its bounds. */
setInterval(() => {
  if (!bounds) return;
  if (process.memoryUsage.rss() > bounds.memoryBytes) end('SIGKILL');
  if (Date.now() > bounds.endsAt) end('SIGTERM');
}, LOOK_EVERY_MS);
