import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Fault, fault } from '../../../agents/contracts/errors.js';
import type { Statement, UnitResult } from './database.js';
import type { Failure, Order, Outcome, Report, Unit, WorkerSetup } from './database.worker.js';
import { storeFault } from './store-errors.js';

/** What may wait for a worker; beyond it `STORE_BUSY`. */
export interface QueueLimits {
  readonly units: number;
  readonly bytes: number;
}

const DEFAULT_LIMITS: QueueLimits = { units: 20_000, bytes: 64 * 1024 * 1024 };
const STATEMENT_BYTES = 128;
const REMEMBERED_TEXTS = 500;
const WORKER_ENDED: Failure = { errcode: -1, message: 'the storage worker ended' };

const WORKER_FILE = new URL(
  import.meta.url.endsWith('.ts') ? './database.worker.ts' : './database.worker.js',
  import.meta.url,
);

/** A connection on another thread. */
export interface StorageWorker {
  /** Runs a unit; results come in the order of the calls. */
  run(unit: Unit): Promise<UnitResult>;
  /** Refuses new units, finishes those it has, closes the connection. */
  close(): Promise<void>;
}

interface Pending {
  readonly unit: Unit;
  readonly bytes: number;
  readonly resolve: (result: UnitResult) => void;
  readonly reject: (error: Fault) => void;
}

/**
 * Starts a worker on an existing database file. One message is on its way at a time and carries all that gathered
 * meanwhile: under load this forms the groups of the group commit and spares the main thread a message a unit.
 */
export async function startStorageWorker(
  setup: WorkerSetup,
  limits: QueueLimits = DEFAULT_LIMITS,
): Promise<StorageWorker> {
  // Options of this process, such as loaders, are not for a file that needs nothing but Node.
  const worker = new Worker(WORKER_FILE, { workerData: setup, execArgv: [] });
  const exit = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const [opened] = (await once(worker, 'message')) as [Report];
  if (typeof opened === 'object' && 'errcode' in opened) {
    await worker.terminate();
    throw faultOf(opened);
  }

  const order = (message: Order) => worker.postMessage(message);
  const shorten = statementShortener();
  let waiting: Pending[] = [];
  let sent: Pending[] = [];
  let bytes = 0;
  let refusal: Fault | undefined;
  let drained = () => {};

  const send = () => {
    if (sent.length > 0) return;
    if (waiting.length === 0) return drained();
    sent = waiting;
    waiting = [];
    order(shorten(sent.map(({ unit }) => unit)));
  };

  const settle = (outcomes: readonly Outcome[]) => {
    const settled = sent;
    sent = [];
    for (const [index, pending] of settled.entries()) {
      bytes -= pending.bytes;
      const outcome = outcomes[index];
      if (outcome && 'ok' in outcome) pending.resolve(outcome);
      else pending.reject(faultOf(outcome ?? WORKER_ENDED));
    }
    send();
  };

  worker.on('message', (report: Report) => {
    if (typeof report === 'object' && 'outcomes' in report) settle(report.outcomes);
  });
  worker.on('error', (cause) => {
    refusal = fault('INTERNAL', {
      detail: 'The store stopped working.',
      next: 'Restart the process.',
      cause,
    });
    sent = [...sent, ...waiting];
    waiting = [];
    settle([]);
  });

  const run = (unit: Unit): Promise<UnitResult> => {
    if (refusal) return Promise.reject(refusal);
    const weight = weigh(unit);
    if (weight + bytes > limits.bytes || waiting.length >= limits.units) {
      return Promise.reject(fault('STORE_BUSY', { detail: 'Too many writes and reads are waiting.' }));
    }
    bytes += weight;
    return new Promise((resolve, reject) => {
      // The first of a tick asks for the message; those that follow it in the same tick travel along.
      if (waiting.push({ unit, bytes: weight, resolve, reject }) === 1) setImmediate(send);
    });
  };

  const shutDown = async () => {
    refusal ??= fault('DRAINING', { detail: 'The store is closed.' });
    await new Promise<void>((resolve) => {
      drained = resolve;
      send();
    });
    order('close');
    await exit;
  };

  let closing: Promise<void> | undefined;
  return {
    run,
    close: () => {
      closing ??= shutDown();
      return closing;
    },
  };
}

/**
 * Texts of statements cross to the other thread once and by number afterwards: copying them was the larger part of what
 * a message cost. Texts made on the fly, such as lists of unknown length, stop being remembered at a bound.
 */
function statementShortener() {
  const numbers = new Map<string, number>();
  return (units: readonly Unit[]): Exclude<Order, 'close'> => {
    const texts: string[] = [];
    const numberOf = (sql: string): number | string => {
      const known = numbers.get(sql);
      if (known !== undefined) return known;
      if (numbers.size >= REMEMBERED_TEXTS) return sql;
      texts.push(sql);
      numbers.set(sql, numbers.size);
      return numbers.size - 1;
    };
    const short = units.map((unit) => unit.map(({ sql, ...rest }) => ({ ...rest, sql: numberOf(sql) })));
    return { units: short, texts };
  };
}

const faultOf = ({ errcode, message }: Failure): Fault =>
  storeFault(Object.assign(new Error(message), { errcode }));

/** About what a unit takes in memory while it waits. */
function weigh(unit: readonly Statement[]): number {
  let bytes = 0;
  for (const { params = [] } of unit) {
    bytes += STATEMENT_BYTES;
    for (const value of params) {
      if (typeof value === 'string') bytes += value.length;
      else if (ArrayBuffer.isView(value)) bytes += value.byteLength;
    }
  }
  return bytes;
}
