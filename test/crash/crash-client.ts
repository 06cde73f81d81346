import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('./engine-child.mjs', import.meta.url));
const NODE = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url));

export interface SeenEvent {
  readonly seq: number;
  readonly eventId: string;
  readonly method: string;
  readonly json: string;
}

type Report =
  | { type: 'ready' }
  | { type: 'accepted'; key: string; runId: string }
  | { type: 'events'; threadId: string; events: SeenEvent[] }
  | { type: 'following'; threadId: string; gap: unknown }
  | { type: 'joined'; runId: string; record: { status: string; outcome: string | null } }
  | { type: 'closed' }
  | { type: 'refused'; command: { type: string }; code?: string; detail: string };

/**
 * A client that outlives the engine: it keeps what it was told, asks again for what was never acknowledged, and goes on
 * reading each thread after the last event it saw.
 */
export class CrashClient {
  /** What each thread told, in the order of arrival. */
  readonly logs = new Map<string, SeenEvent[]>();
  /** Run by idempotency key, once acknowledged. */
  readonly accepted = new Map<string, string>();
  readonly refusals: Report[] = [];
  readonly #ends = new Map<string, readonly string[]>();
  readonly #asked = new Map<string, { threadId: string; text: string }>();
  readonly #waiting = new Set<{ until: (report: Report) => boolean; resolve: () => void }>();
  #child: ChildProcess | null = null;

  constructor(private readonly dir: string) {}

  /** Starts an engine, follows every known thread and repeats what was never acknowledged. */
  async connect(killPoint?: string): Promise<void> {
    const child = fork(CHILD, [this.dir], {
      execPath: NODE,
      execArgv: [],
      env: { PATH: process.env.PATH, ...(killPoint && { KILL_POINT: killPoint }) },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    child.on('message', (report: Report) => this.#hear(report));
    await Promise.race([this.#heard(({ type }) => type === 'ready'), once(child, 'exit')]);
    for (const threadId of this.logs.keys())
      this.#send({ type: 'follow', threadId, since: this.#last(threadId) });
    for (const [key, { threadId, text }] of this.#asked)
      if (!this.accepted.has(key)) this.#send({ type: 'start', threadId, key, text });
  }

  ask(threadId: string, key: string, text: string): void {
    this.#asked.set(key, { threadId, text });
    if (!this.logs.has(threadId)) {
      this.logs.set(threadId, []);
      this.#send({ type: 'follow', threadId, since: 0 });
    }
    this.#send({ type: 'start', threadId, key, text });
  }

  /** Resolves when the engine has ended, by its own kill point or by {@link kill}. */
  async dead(): Promise<void> {
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.dead();
  }

  /** Resolves when every question was acknowledged and its end was told. */
  async settled(): Promise<void> {
    while (!this.#allEnded()) await this.#heard(() => this.#allEnded());
  }

  /** Resolves when a thread has told that many events. */
  async told(threadId: string, count: number): Promise<void> {
    const enough = () => (this.logs.get(threadId)?.length ?? 0) >= count;
    while (!enough()) await this.#heard(enough);
  }

  async close(): Promise<void> {
    this.#send({ type: 'close' });
    await this.#heard(({ type }) => type === 'closed');
    this.#child?.disconnect();
    await this.dead();
  }

  /** Ends told for a run, from the client's own log. */
  endsOf(runId: string): readonly string[] {
    return this.#ends.get(runId) ?? [];
  }

  #allEnded(): boolean {
    return this.#ends.size >= this.#asked.size && this.accepted.size === this.#asked.size;
  }

  #note({ method, json }: SeenEvent) {
    if (method !== 'lifecycle') return;
    const { event, run_id: runId } = JSON.parse(json).params.data;
    if (event !== 'running') this.#ends.set(runId, [...this.endsOf(runId), event]);
  }

  #last(threadId: string): number {
    return this.logs.get(threadId)?.at(-1)?.seq ?? 0;
  }

  #send(command: object) {
    if (this.#child?.connected) this.#child.send(command, () => undefined);
  }

  #hear(report: Report) {
    if (report.type === 'events') {
      this.logs.get(report.threadId)?.push(...report.events);
      for (const event of report.events) this.#note(event);
    }
    if (report.type === 'accepted') this.accepted.set(report.key, report.runId);
    if (report.type === 'refused') this.refusals.push(report);
    for (const waiter of [...this.#waiting]) if (waiter.until(report)) waiter.resolve();
  }

  #heard(until: (report: Report) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const waiter = {
        until,
        resolve: () => {
          this.#waiting.delete(waiter);
          resolve();
        },
      };
      this.#waiting.add(waiter);
    });
  }
}
