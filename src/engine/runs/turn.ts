import { randomUUID } from 'node:crypto';
import {
  type AgentEvent,
  type AgentName,
  asFault,
  type ErrorBody,
  errorBody,
  type Fault,
  fault,
  isFault,
  type Manifest,
  type Message,
  type Ticket,
} from '../../../agents/contracts/index.js';
import { trustedTargets } from '../../../agents/diagnostics/trusted-targets.js';
import type { createSupportGraph } from '../../../agents/index.js';
import type { SupportStateType } from '../../../agents/state.js';
import { createMeter } from '../models/usage.js';
import type { CancelReceipt, RunOutcome, RunStatus } from '../runtime.contract.js';
import type { Database, Statement } from '../storage/database.js';
import { type Ending, type LedgerRun, ledgerStatements } from '../storage/ledger.js';
import { closeJournal, type Journal, openJournal } from './effects.js';
import type { EventLog, LogWriter } from './event-log.js';
import type { EventBody, LogEntry, ValuesRef } from './frames.js';
import { type Settle, type Settled, withModels } from './manifest.js';
import { LIFECYCLE, newMessages, publicState, restOf, STEPS } from './public-state.js';
import type { RunSession } from './run-session.js';
import type { Line, ThreadKey, Transcript } from './transcript-store.js';

/** Entries of the transcript that a turn may look back to. */
const CONTEXT_MESSAGES = 12;
/** A turn takes at most this many steps of the graph: four, and three for each revision. */
const stepsFor = (revisions: number) => 8 + 4 * revisions;
/** A run that could not be closed on disk is tried again at this pace: a full disk heals without a restart. */
const RETRY_MS = 1_000;

export interface TurnOptions {
  readonly graph: ReturnType<typeof createSupportGraph>;
  readonly settle: Settle;
  readonly database: Database;
  readonly log: EventLog;
  readonly transcript: Transcript;
  readonly limits: { revisions: number; modelCalls: number; toolCalls: number; deadlineMs: number };
  readonly checkpointCleanup: (runId: string) => readonly Statement[];
  readonly hasCheckpoint: (runId: string) => Promise<boolean>;
  readonly now: () => number;
  /** Reports what no client sees, such as a store that refuses writes. */
  readonly warn: (message: string, error: unknown) => void;
}

/** What a turn shows of itself while it works. */
export interface Work {
  receipt: CancelReceipt | null;
  journal: Journal | null;
  readonly agents: Set<AgentName>;
  /** Set where the run is left for the next start. */
  abandoned: boolean;
}

/** One turn of a thread. A class only to hold what its steps share. */
export class Turn {
  readonly #key: ThreadKey;
  readonly #meter = createMeter();
  /** Entries of this run that are on disk or on their way: sealed together at the end. */
  #entries: LogEntry[] = [];
  #checkpointId = '';
  #state: SupportStateType | null = null;
  #ticket: Ticket | null = null;
  #manifest: Manifest | null = null;

  constructor(
    private readonly options: TurnOptions,
    private readonly run: LedgerRun,
    private readonly abort: AbortController,
    private readonly work: Work,
  ) {
    this.#key = { tenant: run.tenant, threadId: run.threadId };
  }

  async take(): Promise<void> {
    const { options, run } = this;
    let log: LogWriter | null = null;
    try {
      const resumed = run.attempts > 0;
      log = await options.log.writer(this.#key, run.runId, resumed);
      if (resumed) await this.#closeOpenMessages(log);
      const prepared = await this.#begin(log, resumed);
      let failure: Fault | null = null;
      try {
        await this.#runGraph(prepared, log, resumed);
      } catch (error) {
        if (this.work.abandoned) return;
        failure = this.work.receipt ? fault('RUN_CANCELLED', { cause: error }) : this.#failureOf(error);
      }
      await this.#closePersistently(log, prepared, failure);
    } catch (error) {
      if (this.work.abandoned) return;
      options.warn(`run ${run.runId} could not be begun`, error);
      await this.#closeWithoutLog(error);
    } finally {
      log?.close();
    }
  }

  /** A crash leaves messages half told; they end here, under their own ids, and the draft is told anew. */
  async #closeOpenMessages(log: LogWriter) {
    const entries = await this.options.log.ofRun(this.#key, this.run.runId);
    this.#entries.push(...entries);
    let openId: { node: string } | null = null;
    for (const { method, frame } of entries) {
      if (method !== 'messages' || typeof frame !== 'string') continue;
      const { node, data } = JSON.parse(frame).params;
      if (data.event === 'message-start') openId = { node };
      if (data.event === 'message-finish') openId = null;
    }
    if (openId)
      await this.#write(log, [
        { method: 'messages', node: openId.node, data: { event: 'message-finish', reason: 'interrupted' } },
      ]);
  }

  async #begin(log: LogWriter, resumed: boolean) {
    const { options, run } = this;
    const { request } = run;
    const settled = await options.settle(run);
    this.#manifest = settled.manifest;
    const known = await options.transcript.known(
      this.#key,
      request.messages.map(({ id }) => id),
    );
    const before = await options.transcript.line(this.#key);
    const { line, statements } = options.transcript.append(this.#key, before, request.messages, known);
    this.#ticket = request.ticket ?? (await this.#ticketBefore(before));
    const rest = restOf({ ...(this.#ticket && { ticket: this.#ticket }) });
    await this.#write(
      log,
      [
        { method: 'lifecycle', data: { event: 'running', graph_name: 'support', run_id: run.runId } },
        ...(resumed ? [] : [{ values: { ranges: line.ranges, rest } }]),
      ],
      [...statements, ledgerStatements.begin(run.runId, options.now(), settled.manifest)],
    );
    await options.transcript.advance(this.#key, line, statements);
    const context = await options.transcript.recent(this.#key, line, CONTEXT_MESSAGES);
    return { ...settled, line, context };
  }

  /** A thread that a ticket began goes on showing it. */
  async #ticketBefore({ turn }: Line): Promise<Ticket | null> {
    if (turn === 0) return null;
    return JSON.parse(await this.options.transcript.restOfTurn(this.#key, turn - 1)).ticket ?? null;
  }

  async #runGraph(
    prepared: Pick<Settled, 'versions'> & { context: readonly Message[] },
    log: LogWriter,
    resumed: boolean,
  ) {
    const { options, run } = this;
    const { request } = run;
    const now = options.now();
    const deadlineMs = request.options?.deadlineMs ?? options.limits.deadlineMs;
    const timer = setTimeout(() => this.abort.abort(fault('RUN_DEADLINE')), deadlineMs);
    try {
      const journal = await openJournal({
        runId: run.runId,
        resumed,
        database: options.database,
        log,
        now: options.now,
        onFailure: (error) => this.abort.abort(error),
      });
      this.work.journal = journal;
      const session: RunSession = {
        runId: run.runId,
        threadId: run.threadId,
        attempt: run.attempts + 1,
        principal: run.principal,
        options: request.options ?? {},
        limits: {
          revisions: request.options?.maxRevisions ?? options.limits.revisions,
          modelCalls: options.limits.modelCalls,
          toolCalls: options.limits.toolCalls,
          deadline: now + deadlineMs,
        },
        prompts: prepared.versions,
        targets: trustedTargets({ messages: prepared.context, ticket: request.ticket ?? null }),
        effects: journal,
        signal: this.abort.signal,
        meter: this.#meter,
        emit: (event) => this.#emit(log, event),
      };
      const resumable = resumed && (await options.hasCheckpoint(run.runId));
      const input = resumable
        ? null
        : {
            messages: [...prepared.context],
            ticket: request.ticket ?? null,
            attachments: [...(request.attachments ?? []), ...(request.ticket?.attachments ?? [])],
          };
      const stream = await options.graph.stream(input, {
        configurable: { thread_id: run.runId },
        context: { run: session },
        streamMode: ['tasks', 'updates', 'values', 'checkpoints'],
        durability: 'async',
        recursionLimit: stepsFor(session.limits.revisions),
        signal: this.abort.signal,
      });
      for await (const [mode, chunk] of stream) this.#onStep(log, mode, chunk);
      if (!this.#state) {
        const snapshot = await options.graph.getState({ configurable: { thread_id: run.runId } });
        this.#state = snapshot.values as SupportStateType;
        this.#checkpointId = snapshot.config.configurable?.checkpoint_id ?? '';
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #onStep(log: LogWriter, mode: string, chunk: unknown) {
    const step = STEPS[mode];
    if (mode === 'values') this.#state = chunk as SupportStateType;
    const body = step?.(chunk);
    if (!body) return;
    if (body.method === 'checkpoints') this.#checkpointId = (body.data as { id: string }).id;
    if (body.method === 'tasks') {
      const { name, done } = chunk as { name: AgentName; done?: boolean };
      if (done || Object.hasOwn(chunk as object, 'result')) this.work.agents.delete(name);
      else this.work.agents.add(name);
    }
    this.#send(log, [body]);
  }

  #emit(log: LogWriter, event: AgentEvent) {
    if (event.channel === 'tools' && event.data.event === 'tool-started') this.#meter.tool();
    this.#send(log, [
      event.channel === 'custom'
        ? { method: 'custom', name: event.name, data: this.#cited(event) }
        : { method: event.channel, node: event.node, data: event.data },
    ]);
  }

  /** Progress that names a prompt's version names its content too. */
  #cited(event: Extract<AgentEvent, { channel: 'custom' }>) {
    if (event.name !== 'progress' || event.payload.prompt === undefined) return event.payload;
    return { ...event.payload, promptHash: this.#manifest?.promptHashes?.[event.payload.agent] };
  }

  /** Writes without waiting; a store that refuses stops the run. */
  #send(log: LogWriter, bodies: readonly EventBody[]) {
    this.#write(log, bodies).catch((error: unknown) => this.abort.abort(error));
  }

  #write(
    log: LogWriter,
    bodies: readonly (EventBody | { values: ValuesRef })[],
    statements: readonly Statement[] = [],
  ) {
    const { entries, stored } = log.write(bodies, statements);
    this.#entries.push(...entries);
    // A write that failed gave its numbers back: its events have never been.
    return stored.catch((error: unknown) => {
      this.#entries = this.#entries.filter((entry) => !entries.includes(entry));
      throw error;
    });
  }

  #failureOf(error: unknown): Fault {
    const { reason } = this.abort.signal;
    if (isFault(reason)) return reason;
    const known = asFault(error);
    if (known.code === 'INTERNAL') this.options.warn(`run ${this.run.runId} failed`, error);
    return known;
  }

  async #closePersistently(
    log: LogWriter,
    prepared: { line: Line; manifest: Manifest },
    failure: Fault | null,
  ): Promise<void> {
    let attempt = failure;
    for (;;) {
      try {
        return await this.#close(log, prepared, attempt);
      } catch (error) {
        this.options.warn(`run ${this.run.runId} could not be closed yet`, error);
        attempt ??= asFault(error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        if (this.work.abandoned) return;
      }
    }
  }

  /** The end of a run in one unit of work: messages, turn, ledger, journal, checkpoints and the sealed log. */
  async #close(log: LogWriter, prepared: { line: Line; manifest: Manifest }, failure: Fault | null) {
    const { options, run } = this;
    const at = options.now();
    const state = failure ? null : this.#state;
    const said = state ? newMessages(state, run) : [];
    const appended = options.transcript.append(this.#key, prepared.line, said);
    const rest = restOf({ ...(state && publicState(state)), ...(this.#ticket && { ticket: this.#ticket }) });
    const ending = this.#ending(failure, state, prepared.manifest, at);
    const checkpointId = this.#checkpointId || randomUUID();
    const line = { ...appended.line, turn: appended.line.turn + 1, checkpointId };
    const terminal: EventBody = {
      method: 'lifecycle',
      data: {
        event: LIFECYCLE[ending.outcome],
        graph_name: 'support',
        run_id: run.runId,
        ...(failure &&
          ending.error && { error: `${ending.error.code}: ${ending.error.detail}`, detail: ending.error }),
        ...(ending.receipt && { receipt: ending.receipt }),
      },
    };
    await log.seal(
      this.#entries,
      [{ values: { ranges: line.ranges, rest, turn: appended.line.turn } }, terminal],
      [
        ...appended.statements,
        options.transcript.keep(this.#key, {
          number: appended.line.turn,
          runId: run.runId,
          checkpointId,
          parentId: appended.line.checkpointId,
          source: 'loop',
          ranges: line.ranges,
          rest,
          createdAt: at,
        }),
        ledgerStatements.end(run.runId, ending),
        ...closeJournal(run.runId, at),
        ...options.checkpointCleanup(run.runId),
      ],
    );
    await options.transcript.advance(this.#key, line, appended.statements);
  }

  /** A run whose thread cannot even be read: the ledger alone says why it ended, once it can. */
  async #closeWithoutLog(error: unknown) {
    const known = asFault(error);
    const ending = this.#ending(known, null, this.#manifest, this.options.now());
    await this.options.database
      .commit([ledgerStatements.end(this.run.runId, ending)])
      .catch((again: unknown) => {
        this.options.warn(`run ${this.run.runId} stays open until the next start`, again);
      });
  }

  #ending(
    failure: Fault | null,
    state: SupportStateType | null,
    manifest: Manifest | null,
    at: number,
  ): Ending {
    const cut = state?.draft?.cut;
    const told = failure ?? (cut ? fault(cut.code, { detail: cut.detail }) : null);
    const error: ErrorBody | null = told && errorBody(told);
    const outcome: RunOutcome = failure
      ? this.work.receipt
        ? 'cancelled'
        : 'failed'
      : state?.handoff
        ? 'handed_off'
        : 'completed';
    const status: RunStatus =
      failure?.code === 'RUN_DEADLINE'
        ? 'timeout'
        : outcome === 'cancelled'
          ? 'interrupted'
          : failure
            ? 'error'
            : 'success';
    return {
      status,
      outcome,
      manifest: manifest && withModels(manifest, this.#meter.models),
      usage: this.#meter.total(),
      error,
      // One that came while the end was being written stopped nothing.
      receipt: outcome === 'cancelled' ? this.work.receipt : null,
      at,
    };
  }
}
