import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Annotation, Command, END, interrupt, START, StateGraph } from '@langchain/langgraph';
import { deltaChannelHistoryTests, specTest } from '@langchain/langgraph-checkpoint-validation';
import { checkpointCleanup, createCheckpointer } from './checkpointer.js';
import type { Database } from './database.js';
import { openDatabase } from './open-database.js';

// The suite was written for vitest, whose soft expectations go on after a failure. Here the first one ends the test.
Object.assign(expect, { soft: expect });

let dir: string;
let database: Database;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'triagent-checkpoints-'));
  database = await openDatabase({ dir });
});

afterAll(async () => {
  await database.close();
  rmSync(dir, { recursive: true });
});

const TABLES = ['checkpoints', 'checkpoint_values', 'checkpoint_writes'];

const suite = {
  checkpointerName: 'DatabaseCheckpointer',
  createCheckpointer: () => createCheckpointer(database),
  destroyCheckpointer: async () => {
    await database.commit(TABLES.map((table) => ({ sql: `DELETE FROM ${table}` })));
  },
};
specTest(suite);
deltaChannelHistoryTests(suite);

describe('a graph on the checkpointer', () => {
  const State = Annotation.Root({
    question: Annotation<string>(),
    notes: Annotation<string[], string[]>({
      reducer: (known, added) => [...known, ...added],
      default: () => [],
    }),
    approval: Annotation<unknown>(),
  });
  const graph = () =>
    new StateGraph(State)
      .addNode('left', async ({ question }) => ({ notes: [`left ${question}`] }))
      .addNode('right', async () => ({ notes: ['right'] }))
      .addNode('join', async () => ({ approval: interrupt({ lc: 1, ask: 'May I?' }) }))
      .addEdge(START, 'left')
      .addEdge(START, 'right')
      .addEdge(['left', 'right'], 'join')
      .addEdge('join', END)
      .compile({ checkpointer: createCheckpointer(database) });
  const on = (thread_id: string) => ({ configurable: { thread_id } });
  const count = async (table: string, threadId: string) =>
    (await database.read(`SELECT count(*) AS n FROM ${table} WHERE thread_id = ?`, [threadId]))[0]?.n;

  it('stops, and goes on in another process', async () => {
    await graph().invoke({ question: 'why?' }, on('resumed'));
    const stopped = await graph().getState(on('resumed'));
    expect(stopped.next).toEqual(['join']);
    expect(stopped.tasks[0]?.interrupts[0]?.value).toEqual({ lc: 1, ask: 'May I?' });

    const end = await graph().invoke(new Command({ resume: { yes: true } }), on('resumed'));
    expect(end).toEqual({ question: 'why?', notes: ['left why?', 'right'], approval: { yes: true } });
  });

  it('keeps both branches where a thread forks', async () => {
    const app = graph();
    await app.invoke({ question: 'old' }, on('forked'));
    const { config } = await app.getState(on('forked'));
    const branches = await Promise.all(
      ['a', 'b', 'c'].map((name) => app.updateState(config, { question: name }, 'left')),
    );
    const questions = await Promise.all(
      branches.map(async (branch) => (await app.getState(branch)).values.question),
    );
    expect(questions).toEqual(['a', 'b', 'c']);
    expect((await app.getState(config)).values.question).toBe('old');
  });

  it('stores a value once for all the checkpoints in which it stands', async () => {
    await graph().invoke({ question: 'x'.repeat(10_000) }, on('frugal'));
    const stored = await database.read(
      "SELECT version FROM checkpoint_values WHERE thread_id = 'frugal' AND channel = 'question'",
    );
    expect(await count('checkpoints', 'frugal')).toBeGreaterThan(2);
    expect(stored).toHaveLength(1);
  });

  it('forgets a run within the unit that ends it, and no other', async () => {
    await graph().invoke({ question: 'one' }, on('ended'));
    await graph().invoke({ question: 'two' }, on('ended-not'));
    await database.commit(checkpointCleanup('ended'));
    for (const table of TABLES) {
      expect(await count(table, 'ended')).toBe(0);
      expect(await count(table, 'ended-not')).toBeGreaterThan(0);
    }
  });

  it('refuses state that JSON would change, naming it', async () => {
    const app = new StateGraph(State)
      .addNode('bad', async () => ({ approval: { claims: [{ score: Number.NaN }] } }))
      .addEdge(START, 'bad')
      .addEdge('bad', END)
      .compile({ checkpointer: createCheckpointer(database) });
    await expect(app.invoke({ question: 'bad' }, on('bad'))).rejects.toMatchObject({
      code: 'INTERNAL',
      detail: 'The state cannot be stored: approval.claims[0].score is NaN.',
    });
  });
});
