import { randomInt } from 'node:crypto';
import type { RunnableConfig } from '@langchain/core/runnables';
import {
  BaseCheckpointSaver,
  type ChannelVersions,
  type Checkpoint,
  type CheckpointListOptions,
  type CheckpointMetadata,
  type CheckpointPendingWrite,
  type CheckpointTuple,
  getCheckpointId,
  maxChannelVersion,
  type PendingWrite,
  TASKS,
  WRITES_IDX_MAP,
} from '@langchain/langgraph-checkpoint';
import { fault } from '../../../agents/contracts/errors.js';
import {
  type Condition,
  checkpointCleanup,
  insertCheckpoint,
  insertValues,
  insertWrites,
  type Place,
  selectCheckpoints,
  selectValues,
  selectWrites,
} from './checkpoint-statements.js';
import { decodeValue, encodeValue, type ValueKind } from './checkpoint-values.js';
import type { Database, Statement } from './database.js';

export { checkpointCleanup };

type CheckpointRow = {
  thread_id: string;
  ns: string;
  id: string;
  parent_id: string | null;
  body: string;
  metadata: string;
};
type ValueRow = { channel: string; kind: ValueKind; json: string };
type WriteRow = { task_id: string; channel: string; json: string | null };

/** Before this format LangGraph kept pending sends in the writes of the parent. */
const SENDS_IN_CHANNEL = 4;
const VERSION_FRACTIONS = 1_000_000;

/**
 * LangGraph's checkpoints in the embedded store: one unit a `put`, one a `putWrites`, and only the channels that a step
 * changed. State is plain JSON; anything else is refused by name.
 */
export function createCheckpointer(
  database: Database,
  options: CheckpointerOptions = {},
): BaseCheckpointSaver {
  return new DatabaseCheckpointer(database, options);
}

export interface CheckpointerOptions {
  /**
   * What is kept of a step that has not ended: every task's result, or only interrupts, resumes and errors. The latter is
   * enough where tasks are journaled: a sibling that runs again is told what it was told, and says the same.
   */
  readonly pendingWrites?: 'all' | 'control';
}

class DatabaseCheckpointer extends BaseCheckpointSaver {
  readonly #database: Database;
  readonly #keepsResults: boolean;

  constructor(database: Database, { pendingWrites = 'all' }: CheckpointerOptions) {
    super();
    this.#database = database;
    this.#keepsResults = pendingWrites === 'all';
  }

  override async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    const { threadId, ns = '', checkpointId } = addressOf(config);
    if (threadId === undefined) return undefined;
    const [row] = await this.#select(
      [equals('thread_id', threadId), equals('ns', ns), equals('id', checkpointId)],
      1,
    );
    return row && this.#assemble(row);
  }

  override async *list(
    config: RunnableConfig,
    options: CheckpointListOptions = {},
  ): AsyncGenerator<CheckpointTuple> {
    const { threadId, ns, checkpointId } = addressOf(config);
    const conditions: Condition[] = [
      equals('thread_id', threadId),
      equals('ns', ns),
      equals('id', checkpointId),
      { sql: 'id < ?', params: [options.before && addressOf(options.before).checkpointId] },
      ...Object.entries(options.filter ?? {}).map(([key, value]) => ({
        sql: 'metadata -> ? = ?',
        params: [key, JSON.stringify(value)],
      })),
    ];
    for (const row of await this.#select(conditions, options.limit ?? -1)) yield await this.#assemble(row);
  }

  override async put(
    config: RunnableConfig,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    newVersions: ChannelVersions,
  ): Promise<RunnableConfig> {
    const { checkpointId: parentId, ...place } = placeOf(config);
    const { channel_values: values, ...body } = checkpoint;
    const changed = Object.entries(newVersions).flatMap(([channel, version]) => {
      const { kind, json } = encodeValue(channel, values[channel]);
      return json === null ? [] : [{ channel, version, kind, json }];
    });
    const row = {
      id: checkpoint.id,
      parentId,
      body: JSON.stringify(body),
      metadata: JSON.stringify(metadata),
    };
    await this.#database.commit([...insertCheckpoint(place, row), ...insertValues(place, changed)]);
    return configOf(place, checkpoint.id);
  }

  override async putWrites(config: RunnableConfig, writes: PendingWrite[], taskId: string): Promise<void> {
    const { checkpointId, ...place } = placeOf(config);
    if (checkpointId === undefined) throw missing('checkpoint_id');
    const rows = writes.flatMap(([channel, value], position) => {
      const control = WRITES_IDX_MAP[channel];
      if (control === undefined && !this.#keepsResults) return [];
      return [{ index: control ?? position, channel, json: encodeValue(channel, value).json }];
    });
    if (rows.length > 0) await this.#database.commit(insertWrites(place, checkpointId, taskId, rows));
  }

  override async deleteThread(threadId: string): Promise<void> {
    await this.#database.commit(checkpointCleanup(threadId));
  }

  /**
   * Counts up by one, with a random fraction: two forks of one checkpoint must not give different values of a channel
   * the same version. Six digits, so that the number is the same in JSON, in JavaScript and in SQLite.
   */
  override getNextVersion(current: number | undefined): number {
    const next = Math.floor(current ?? 0) + 1;
    return (next * VERSION_FRACTIONS + randomInt(VERSION_FRACTIONS)) / VERSION_FRACTIONS;
  }

  async #read(statement: Statement) {
    return this.#database.read(statement.sql, statement.params);
  }

  async #select(conditions: readonly Condition[], limit: number): Promise<readonly CheckpointRow[]> {
    return (await this.#read(selectCheckpoints(conditions, limit))) as readonly CheckpointRow[];
  }

  async #assemble(row: CheckpointRow): Promise<CheckpointTuple> {
    const place: Place = { threadId: row.thread_id, ns: row.ns };
    const body = JSON.parse(row.body) as Omit<Checkpoint, 'channel_values'>;
    const [values, pendingWrites] = await Promise.all([
      this.#values(place, body.channel_versions),
      this.#writes(place, row.id),
    ]);
    const checkpoint: Checkpoint = { ...body, channel_values: values };
    if (row.parent_id !== null && checkpoint.v < SENDS_IN_CHANNEL) {
      await this.#adoptSends(checkpoint, place, row.parent_id);
    }
    return {
      config: configOf(place, row.id),
      checkpoint,
      metadata: JSON.parse(row.metadata) as CheckpointMetadata,
      pendingWrites,
      ...(row.parent_id !== null && { parentConfig: configOf(place, row.parent_id) }),
    };
  }

  async #values(place: Place, versions: ChannelVersions): Promise<Record<string, unknown>> {
    const rows = (await this.#read(selectValues(place, versions))) as readonly ValueRow[];
    return Object.fromEntries(rows.map((row) => [row.channel, decodeValue(row)]));
  }

  async #writes(place: Place, checkpointId: string): Promise<CheckpointPendingWrite[]> {
    const rows = (await this.#read(selectWrites(place, checkpointId))) as readonly WriteRow[];
    return rows.map(({ task_id, channel, json }) => [task_id, channel, decodeValue({ kind: 'json', json })]);
  }

  async #adoptSends(checkpoint: Checkpoint, place: Place, parentId: string): Promise<void> {
    const writes = await this.#writes(place, parentId);
    const versions = Object.values(checkpoint.channel_versions);
    checkpoint.channel_values[TASKS] = writes
      .filter(([, channel]) => channel === TASKS)
      .map(([, , send]) => send);
    checkpoint.channel_versions[TASKS] =
      versions.length > 0 ? maxChannelVersion(...versions) : this.getNextVersion(undefined);
  }
}

interface Address {
  readonly threadId: string | undefined;
  readonly ns: string | undefined;
  readonly checkpointId: string | undefined;
}

function addressOf(config: RunnableConfig): Address {
  return {
    threadId: config.configurable?.thread_id,
    ns: config.configurable?.checkpoint_ns,
    checkpointId: getCheckpointId(config) || undefined,
  };
}

function placeOf(config: RunnableConfig): Place & Pick<Address, 'checkpointId'> {
  const { threadId, ns = '', checkpointId } = addressOf(config);
  if (typeof threadId !== 'string') throw missing('thread_id');
  return { threadId, ns, checkpointId };
}

const configOf = ({ threadId, ns }: Place, checkpointId: string): RunnableConfig => ({
  configurable: { thread_id: threadId, checkpoint_ns: ns, checkpoint_id: checkpointId },
});

const equals = (column: string, value: string | undefined): Condition => ({
  sql: `${column} = ?`,
  params: [value],
});

const missing = (key: string) =>
  fault('INVALID_ARGUMENT', { detail: `A checkpoint needs \`configurable.${key}\`.` });
