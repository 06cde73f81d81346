import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bulkhead, isBulkheadRejectedError } from 'cockatiel';
import { type ErrorCode, fault } from '../../../agents/contracts/index.js';
import { idFromName } from '../knowledge/ingest/formats/format.js';
import type { ReadFile } from '../knowledge/ingest/readers.js';
import type { SourceFile } from '../runtime.contract.js';

export { MAX_DOCUMENT_BYTES } from '../knowledge/ingest/formats/format.js';

/** Where a file's reading ends. */
export interface Bounds {
  /** Of the whole process. */
  readonly memoryBytes: number;
  /** Milliseconds since the Unix epoch. */
  readonly endsAt: number;
}

export interface Order {
  readonly file: SourceFile;
  readonly bounds: Bounds;
}

/** What a file may cost: so much, and so much more for each of its bytes. */
export interface ReadingLimits {
  readonly memoryBytes: number;
  readonly milliseconds: number;
}

/** Reads files somewhere else: whatever a file does to its reader, it is done to a process that nobody needs. */
export interface ReadingProcess {
  /** One at a time. Never rejects: a file that ended its reader is rejected with `DOCUMENT_UNREADABLE`. */
  read(file: SourceFile): Promise<ReadFile>;
  close(): void;
}

const MIB = 1024 * 1024;
const LIMITS: ReadingLimits = { memoryBytes: 384 * MIB, milliseconds: 20_000 };
/** Text is held as bytes, as a string and in pieces; a large list takes longer by right. */
const BYTES_A_BYTE = 6;
const MILLISECONDS_A_MIB = 1_000;

const IS_SOURCE = import.meta.url.endsWith('.ts');
const CHILD = fileURLToPath(
  new URL(IS_SOURCE ? './reading.child.ts' : './reading.child.js', import.meta.url),
);

/** Node runs the sources of the specs as they are, but looks for the files that a build would have made. */
const FIND_SOURCES = `import { registerHooks } from 'node:module';
registerHooks({ resolve: (name, context, next) => {
  try { return next(name, context); } catch (error) {
    if (!name.startsWith('.')) throw error;
    return next(name.replace(/\\.js$/, '.ts'), context);
  }
} });`;

/** Reading needs files of the package and a thread for the guard; no writing, no other process, no native code. */
const CONFINED = ['--permission', '--allow-fs-read=*', '--allow-worker'];
const EXEC_ARGV = [
  ...CONFINED,
  ...(IS_SOURCE ? ['--import', `data:text/javascript,${encodeURIComponent(FIND_SOURCES)}`] : []),
];

/** How the process ended tells why; everything else is a reader that crashed. */
const REASONS: Readonly<Record<string, string>> = {
  SIGTERM: 'Reading it took too long.',
  SIGKILL: 'Reading it took too much memory.',
};

function rejected({ name, id }: SourceFile, code: ErrorCode, detail: string): ReadFile {
  const document = { id: id ?? idFromName(name), status: 'rejected', passages: 0 } as const;
  return { articles: [], rejected: [{ ...document, error: { code, detail } }] };
}

/** Processes at once, and callers that may wait for one. */
const PLACES = { atOnce: 2, waiting: 50 };

/** Reads lists of files, each list in a process of its own that ends with it. @throws `OVERLOADED` */
export function createFileReader(limits?: ReadingLimits) {
  const places = bulkhead(PLACES.atOnce, PLACES.waiting);

  async function readAll(files: readonly SourceFile[]): Promise<readonly ReadFile[]> {
    const reader = openReadingProcess(limits);
    try {
      const read: ReadFile[] = [];
      for (const file of files) read.push(await reader.read(file));
      return read;
    } finally {
      reader.close();
    }
  }

  return async (files: readonly SourceFile[]): Promise<readonly ReadFile[]> => {
    if (files.length === 0) return [];
    return places
      .execute(() => readAll(files))
      .catch((cause: unknown) => {
        if (!isBulkheadRejectedError(cause)) throw cause;
        throw fault('OVERLOADED', { detail: 'Too many documents are waiting to be read.', cause });
      });
  };
}

/** Starts with the first file; a process that was lost is replaced by the next. */
export function openReadingProcess(limits: ReadingLimits = LIMITS): ReadingProcess {
  let child: ChildProcess | undefined;

  const start = () => {
    // No environment: what is read has no business with anybody's keys.
    const started = fork(CHILD, [], {
      execArgv: EXEC_ARGV,
      env: {},
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    started.once('exit', () => {
      if (child === started) child = undefined;
    });
    child = started;
    return started;
  };

  return {
    read(file) {
      const reader = child ?? start();
      const { promise, resolve } = Promise.withResolvers<ReadFile>();
      const lost = (reason: string | undefined) =>
        resolve(rejected(file, 'DOCUMENT_UNREADABLE', reason ?? 'Its reader broke down over it.'));
      const onExit = (_code: number | null, signal: NodeJS.Signals | null) => lost(REASONS[signal ?? '']);
      const onError = () => lost('It could not be given to its reader.');
      const onMessage = (read: unknown) => resolve(read as ReadFile);
      reader.once('message', onMessage).once('exit', onExit).once('error', onError);
      const { length } = file.bytes;
      const bounds = {
        memoryBytes: limits.memoryBytes + length * BYTES_A_BYTE,
        endsAt: Date.now() + limits.milliseconds + (length / MIB) * MILLISECONDS_A_MIB,
      };
      reader.send({ file, bounds } satisfies Order, (error) => error && onError());
      return promise.finally(() =>
        reader.off('message', onMessage).off('exit', onExit).off('error', onError),
      );
    },
    close: () => child?.disconnect(),
  };
}
