import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomFrom } from '../../evals/statistics/random.js';
import { CrashClient } from './crash-client.js';

const QUESTION = 'Our VPN certificate expired with error 13806, what now?';
const WITH_LOG = `Ledgerline stops, what does this mean?
2026-11-20 09:12:44 ERROR pool-1 com.ledgerline.Posting - java.sql.SQLTransientConnectionException: pool exhausted
	at com.ledgerline.Db.open(Db.java:42)
2026-11-20 09:12:49 ERROR pool-1 com.ledgerline.Posting - java.sql.SQLTransientConnectionException: pool exhausted`;

const SITES = {
  'the accepted run': 'INSERT INTO runs',
  'the beginning': "SET status = 'running'",
  'the first events': 'INTO events .* 0, \\?\\)',
  'a checkpoint': 'INTO checkpoints ',
  'a changed channel': 'INTO checkpoint_values ',
  "a tool's intent": 'INSERT INTO journal \\(run_id, key, kind, request, intended_at\\)',
  'a recorded answer': 'INSERT INTO journal \\(run_id, key, kind, request, outcome',
  'the end': 'SET status = \\?, outcome',
} as const;

/** Phase, which match, and where: 36 named points of a run's life. */
const POINTS = (['before', 'after'] as const).flatMap((phase) => [
  ...Object.entries(SITES).map(([name, sql]) => ({ name: `${phase} ${name}`, point: `${phase} 1 ${sql}` })),
  ...[2, 4, 6].map((nth) => ({
    name: `${phase} events ${nth}`,
    point: `${phase} ${nth} ${SITES['the first events']}`,
  })),
  ...[2, 3, 4].map((nth) => ({
    name: `${phase} checkpoint ${nth}`,
    point: `${phase} ${nth} ${SITES['a checkpoint']}`,
  })),
  ...[2, 3, 4, 5].map((nth) => ({
    name: `${phase} answer ${nth}`,
    point: `${phase} ${nth} ${SITES['a recorded answer']}`,
  })),
]);

describe('a killed process', () => {
  let prepared: string;
  let dir: string;
  let client: CrashClient;
  beforeAll(async () => {
    prepared = mkdtempSync(join(tmpdir(), 'triagent-prepared-'));
    const first = new CrashClient(prepared);
    await first.connect();
    await first.close();
  });
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'triagent-crash-'));
    cpSync(prepared, dir, { recursive: true });
    client = new CrashClient(dir);
  });
  afterEach(async () => {
    await client.kill();
    rmSync(dir, { recursive: true, force: true });
  });
  afterAll(() => rmSync(prepared, { recursive: true, force: true }));

  /** I1 to I3 as the client saw them, and I5 as the store holds them. */
  const checkInvariants = async () => {
    for (const [key, runId] of client.accepted) expect([key, client.endsOf(runId).length]).toEqual([key, 1]);
    for (const log of client.logs.values()) {
      expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
      expect(new Set(log.map(({ eventId }) => eventId)).size).toBe(log.length);
    }
    const fresh = new CrashClient(dir);
    for (const threadId of client.logs.keys()) fresh.logs.set(threadId, []);
    await fresh.connect();
    for (const [key, runId] of client.accepted) fresh.accepted.set(key, runId);
    for (const [threadId, log] of client.logs) await fresh.told(threadId, log.length);
    for (const [threadId, log] of client.logs) expect(fresh.logs.get(threadId)).toEqual(log);
    await fresh.close();

    const database = new DatabaseSync(join(dir, 'triagent.sqlite'), { readOnly: true });
    const one = (sql: string) => Number(Object.values(database.prepare(sql).get() ?? {})[0]);
    expect(one('SELECT count(*) FROM runs WHERE ended_at IS NULL')).toBe(0);
    expect(one('SELECT count(*) FROM runs')).toBe(client.accepted.size);
    expect(one('SELECT count(*) FROM journal WHERE outcome IS NULL')).toBe(0);
    expect(one('SELECT count(*) FROM journal WHERE ended_at < intended_at')).toBe(0);
    expect(one('SELECT count(*) FROM checkpoints')).toBe(0);
    database.close();
  };

  it.each(POINTS)(
    'loses and repeats nothing when killed $name',
    async ({ point }) => {
      await client.connect(point);
      client.ask('thread', 'question', WITH_LOG);
      await client.dead();
      await client.connect();
      await client.settled();
      await client.close();
      await checkInvariants();
      expect(client.accepted.size).toBe(1);
      const effects = client.logs
        .get('thread')
        ?.filter(({ method, json }) => method === 'tools' && json.includes('tool-finished'));
      expect(effects?.length).toBeGreaterThanOrEqual(1);
    },
    60_000,
  );

  it('keeps its word through 200 kills at random times under load', async () => {
    const random = randomFrom(20_261_121);
    for (let kill = 0; kill < 200; kill += 1) {
      await client.connect();
      for (let question = 0; question < 3; question += 1) {
        const text = random() < 0.3 ? WITH_LOG : QUESTION;
        client.ask(`thread-${Math.floor(random() * 12)}`, `question-${kill}-${question}`, text);
      }
      await new Promise((resolve) => setTimeout(resolve, random() * 120));
      await client.kill();
    }
    await client.connect();
    await client.settled();
    await client.close();
    expect(client.accepted.size).toBe(600);
    await checkInvariants();
  }, 600_000);
});
