import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { triageListSchema } from '../../src/host/triage/triage.contract.js';
import { createTriageClient, TICKET } from '../triage-client.js';

const CHILD = fileURLToPath(new URL('./host-child.mjs', import.meta.url));
const NODE = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url));
const LINES = 2_000;

const ready = z.object({ port: z.int() });
const item = z.object({ id: z.string(), ticketId: z.string() });

const batch = Array.from({ length: LINES }, (_, index) =>
  JSON.stringify({ ...TICKET, id: `K-${index}`, options: { depth: 'classify' } }),
).join('\n');

describe('a host that is killed in the middle of a batch', () => {
  let dir: string;
  let child: ChildProcess | null = null;
  const startChild = async () => {
    child = fork(CHILD, [dir], {
      execPath: NODE,
      execArgv: [],
      env: { PATH: process.env.PATH },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [message] = await once(child, 'message');
    return `http://127.0.0.1:${ready.parse(message).port}`;
  };
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'triagent-batch-'));
  });
  afterEach(async () => {
    await kill();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Reads the answer up to its n-th item, then kills the host. */
  const sendAndKill = async (url: string, items: number): Promise<readonly z.infer<typeof item>[]> => {
    const reply = await createTriageClient(url).call('/batch', {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': 'import' },
      body: batch,
    });
    let text = '';
    try {
      for await (const piece of reply.body ?? []) {
        text += Buffer.from(piece).toString();
        if (text.split('"id"').length > items) await kill();
      }
    } catch {
      // The connection ends with the host.
    }
    return [...text.matchAll(/\{"id":"[^"]+","ticketId":"[^"]+"\}/g)].map(([json]) =>
      item.parse(JSON.parse(json)),
    );
  };

  it('keeps every ticket that it acknowledged, and takes each line once when it is sent again', async () => {
    const acknowledged = await sendAndKill(await startChild(), 500);
    expect(acknowledged.length).toBeGreaterThanOrEqual(500);
    const client = createTriageClient(await startChild());
    const { items } = await client.batch(batch, { 'idempotency-key': 'import' });
    const all = items.map((each) => item.parse(each));
    expect(all.map(({ ticketId }) => ticketId)).toEqual(
      Array.from({ length: LINES }, (_, index) => `K-${index}`),
    );
    expect(all.slice(0, acknowledged.length)).toEqual(acknowledged);

    const waiting = async () => {
      const open = await Promise.all(
        ['queued', 'running'].map(async (status) =>
          triageListSchema.parse(await (await client.call(`?limit=1&status=${status}`)).json()),
        ),
      );
      return open.some(({ items: some }) => some.length > 0);
    };
    while (await waiting()) await new Promise((resolve) => setTimeout(resolve, 100));
    const ended: string[] = [];
    let cursor = '';
    do {
      const page = triageListSchema.parse(
        await (await client.call(`?limit=200&status=completed${cursor}`)).json(),
      );
      ended.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ? `&cursor=${page.nextCursor}` : '';
    } while (cursor);
    expect(ended.toSorted()).toEqual(all.map(({ id }) => id).toSorted());
  }, 180_000);
});
