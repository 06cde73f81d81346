import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** What a measured process answers to its driver. */
export type Answer =
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'usage'; readonly cpuMs: number; readonly heapMb: number; readonly rssMb: number }
  | { readonly type: 'done' };

export type Question =
  | { readonly type: 'usage'; readonly collect: boolean }
  | { readonly type: 'run'; readonly runs: number; readonly concurrency: number };

/** A process whose CPU time is measured from outside the work that drives it. */
export class BenchProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(
    file: URL,
    args: readonly string[] = [],
  ): Promise<{ process: BenchProcess; port: number }> {
    const child = fork(file, args, {
      execArgv: ['--expose-gc'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const started = new BenchProcess(child);
    const answer = await started.#next();
    return { process: started, port: answer.type === 'ready' ? answer.port : 0 };
  }

  async ask(question: Question): Promise<Answer> {
    this.#child.send(question);
    return this.#next();
  }

  /** `collect`: garbage is collected first, so that what is left is what is held; it costs CPU of its own. */
  async usage(collect = true): Promise<Extract<Answer, { type: 'usage' }>> {
    const answer = await this.ask({ type: 'usage', collect });
    if (answer.type !== 'usage') throw new TypeError(`expected usage, got ${answer.type}`);
    return answer;
  }

  async stop(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await gone;
  }

  async #next(): Promise<Answer> {
    const [answer] = await Promise.race([
      once(this.#child, 'message'),
      once(this.#child, 'exit').then(() => Promise.reject(new Error('the measured process ended'))),
    ]);
    return answer as Answer;
  }
}

/** The measured side: answers `usage` and, where it can drive itself, `run`. */
export function answerDriver(port: number, run?: (runs: number, concurrency: number) => Promise<void>): void {
  const send = (answer: Answer) => process.send?.(answer);
  process.on('message', async (question: Question) => {
    if (question.type === 'run') {
      await run?.(question.runs, question.concurrency);
      send({ type: 'done' });
      return;
    }
    if (question.collect) globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    const { heapUsed, rss } = process.memoryUsage();
    send({ type: 'usage', cpuMs: (user + system) / 1_000, heapMb: heapUsed / 1e6, rssMb: rss / 1e6 });
  });
  send({ type: 'ready', port });
}

/** Runs `work` that many times, at most `concurrency` at once. */
export async function repeat(
  times: number,
  concurrency: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < times) {
        next += 1;
        await work(next);
      }
    }),
  );
}
