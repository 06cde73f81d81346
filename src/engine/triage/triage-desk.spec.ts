import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Decision, Principal } from '../../../agents/contracts/index.js';
import { ANNA, BEN, echo, engineOn, type Node } from '../runs/runs.fixture.js';
import type { SolvedTicketInput, TriageDesk } from '../runtime.contract.js';
import { createTriageDesk } from './triage-desk.js';

const TICKET = { subject: 'VPN', body: 'The VPN is down.' };
const OPERATOR: Principal = { ...ANNA, id: 'olga', role: 'operator' };

const decision: Decision = {
  category: { value: 'network/vpn', confidence: null, score: 0.9, alternatives: [] },
  queue: { value: 'network', confidence: null, score: 0.9, alternatives: [] },
  priority: { value: 'P2', impact: 2, urgency: 1, confidence: null },
  sentiment: 'calm',
  language: 'en',
  entities: [],
  duplicates: [],
  articles: [],
  needsHuman: false,
  reasons: [],
};
const decides: Node = async (state, run) => ({ ...(await echo(state, run)), decision });

describe('the triage desk', () => {
  let dir: string;
  let close: () => Promise<void>;
  const taught: SolvedTicketInput[] = [];
  const openDesk = async (node: Node, limits?: Parameters<typeof engineOn>[3]): Promise<TriageDesk> => {
    const { runs, ledger, transcript, database, scheduler } = await engineOn(dir, node, undefined, limits);
    close = async () => {
      await scheduler.stop(1_000);
      await database.close();
    };
    return createTriageDesk({
      database,
      ledger,
      transcript,
      runs,
      learned: () => Promise.resolve(null),
      learn: (tickets) => {
        taught.push(...tickets);
        return Promise.resolve([]);
      },
      now: () => Date.now(),
    });
  };
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'triagent-triage-'));
    taught.length = 0;
  });
  afterEach(async () => {
    await close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('brings a ticket to its result, the same each time it is read', async () => {
    const desk = await openDesk(decides);
    const { id, ticketId, threadId, replayed } = await desk.start({ ticket: TICKET }, ANNA);
    const ended = await desk.join(id, ANNA);
    expect({ replayed, status: ended.status }).toEqual({ replayed: false, status: 'completed' });
    expect(ended.result).toMatchObject({
      id,
      ticketId,
      threadId,
      status: 'completed',
      decision,
      evidence: [],
    });
    expect(ended.result?.manifest.hash).toMatch(/^sha256:/);
    expect(JSON.stringify(await desk.get(id, ANNA))).toBe(JSON.stringify(ended));
  });

  it('gives the same triage for the same key and ticket, with or without an id of its own', async () => {
    const desk = await openDesk(decides);
    const start = { ticket: TICKET, idempotencyKey: 'k' };
    const [first, again] = await Promise.all([desk.start(start, ANNA), desk.start(start, ANNA)]);
    expect(again).toEqual({ ...first, replayed: true });
    await expect(
      desk.start({ ...start, ticket: { ...TICKET, body: 'Another.' } }, ANNA),
    ).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
    expect((await desk.list({ limit: 10 }, ANNA)).items).toHaveLength(1);
  });

  it('knows nothing of other tenants, of runs that no ticket began, and of ids that are none', async () => {
    const { runs, ledger, transcript, database, scheduler, ask } = await engineOn(dir, decides);
    close = async () => {
      await scheduler.stop(1_000);
      await database.close();
    };
    const desk = createTriageDesk({
      database,
      ledger,
      transcript,
      runs,
      learn: () => Promise.resolve([]),
      learned: () => Promise.resolve(null),
      now: () => Date.now(),
    });
    const { id } = await desk.start({ ticket: TICKET }, ANNA);
    const { runId } = await ask('chat', 'hello');
    for (const [asked, who] of [
      [id, BEN],
      [`tr_${runId}`, ANNA],
      [runId, ANNA],
      ['tr_', ANNA],
    ] as const)
      await expect(desk.get(asked, who)).rejects.toMatchObject({ code: 'TRIAGE_NOT_FOUND' });
    expect((await desk.list({ limit: 10 }, BEN)).items).toEqual([]);
  });

  it('refuses in a full queue, waits there where it is asked to, and loses nothing', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const desk = await openDesk(
      async (state, run) => {
        await held;
        return decides(state, run);
      },
      { maxActive: 1, maxQueued: 4 },
    );
    const key = { idempotencyKey: 'first' };
    const first = await desk.start({ ticket: TICKET, ...key }, ANNA);
    for (let index = 0; index < 2; index += 1) await desk.start({ ticket: TICKET }, ANNA);
    await expect(desk.start({ ticket: TICKET }, ANNA)).rejects.toMatchObject({
      code: 'OVERLOADED',
      retryAfterSeconds: expect.any(Number),
    });
    // What was accepted is known in a full queue too, and others have room of their own.
    expect(await desk.start({ ticket: TICKET, ...key }, ANNA)).toEqual({ ...first, replayed: true });
    const other = await desk.start({ ticket: TICKET }, BEN);

    const impatient = new AbortController();
    const gone = desk.start({ ticket: TICKET, patience: impatient.signal }, ANNA);
    impatient.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    const { signal } = new AbortController();
    const patient = Array.from({ length: 20 }, (_, index) =>
      desk.start({ ticket: { ...TICKET, id: `p-${index}` }, patience: signal }, ANNA),
    );
    release();
    const started = await Promise.all(patient);
    for (const { id } of started) expect((await desk.join(id, ANNA)).status).toBe('completed');
    expect((await desk.list({ limit: 50 }, ANNA)).items).toHaveLength(23);
    expect((await desk.join(other.id, BEN)).status).toBe('completed');
  });

  it('lists newest first, page by page, by status', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const desk = await openDesk(async (state, run) => {
      if (state.ticket?.subject === 'slow') await held;
      return decides(state, run);
    });
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      const { id } = await desk.start({ ticket: { ...TICKET, id: `t-${index}` } }, ANNA);
      ids.unshift(id);
      await desk.join(id, ANNA);
    }
    const slow = await desk.start({ ticket: { subject: 'slow', body: '' } }, ANNA);

    const pages: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = await desk.list({ limit: 2, ...(cursor && { cursor }) }, ANNA);
      pages.push(page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 2]);
    expect(pages.flat()).toEqual([slow.id, ...ids]);

    const completed = await desk.list({ limit: 10, status: 'completed' }, ANNA);
    expect(completed.items.map(({ ticketId }) => ticketId)).toEqual(['t-4', 't-3', 't-2', 't-1', 't-0']);
    expect((await desk.list({ limit: 10, status: 'failed' }, ANNA)).items).toEqual([]);
    await expect(desk.list({ limit: 10, cursor: '!' }, ANNA)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    release();
    await desk.join(slow.id, ANNA);
  });

  it('lets a requester narrow the groups of the key, never widen them', async () => {
    const seen: (readonly string[])[] = [];
    const desk = await openDesk(async (state, run) => {
      seen.push(run.principal.groups);
      return decides(state, run);
    });
    const who = { ...ANNA, groups: ['staff', 'hr'] };
    for (const groups of [undefined, ['hr', 'board'], []]) {
      const requester = { requester: { id: 'r', ...(groups && { groups }) } };
      await desk.join((await desk.start({ ticket: { ...TICKET, ...requester } }, who)).id, who);
    }
    expect(seen).toEqual([['staff', 'hr'], ['hr'], []]);
  });

  it.each(['while it works', 'while it waits'])('stops %s and says so again', async (when) => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const desk = await openDesk((_, run) => {
      begin();
      return new Promise((_resolve, reject) =>
        run.signal.addEventListener('abort', () => reject(run.signal.reason)),
      );
    });
    // More than may work at once, so that the last one waits.
    const started = [];
    for (let index = 0; index < 33; index += 1) started.push(await desk.start({ ticket: TICKET }, ANNA));
    await begun;
    const { id } = started.at(when === 'while it works' ? 0 : -1) ?? { id: '' };
    const receipt = await desk.cancel(id, ANNA);
    expect(receipt).toMatchObject({ id, status: 'cancelled', effects: [] });
    expect(await desk.cancel(id, ANNA)).toEqual(receipt);
    const { status, result } = await desk.get(id, ANNA);
    expect({ status, code: result?.error?.code }).toEqual({ status: 'cancelled', code: 'RUN_CANCELLED' });
    expect(result?.manifest).toMatchObject({ hash: expect.stringMatching(/^sha256:/), graph: 'test@1' });
    expect(Object.keys(result?.manifest.prompts ?? {})).toContain('triage');
    expect(result?.usage).toMatchObject({ modelCalls: 0 });
    await Promise.all(started.map((each) => desk.cancel(each.id, ANNA)));
  });

  it('gives no receipt of a stop that came too late', async () => {
    const desk = await openDesk(decides);
    const { id } = await desk.start({ ticket: TICKET }, ANNA);
    await desk.join(id, ANNA);
    expect(await desk.cancel(id, ANNA)).toEqual({ id, status: 'completed', stopped: [], effects: [] });
  });

  it('counts how often people agreed, by their newest word, and learns what operators say', async () => {
    const desk = await openDesk(decides);
    const ids: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      const { id } = await desk.start({ ticket: { ...TICKET, id: `t-${index}` } }, ANNA);
      await desk.join(id, ANNA);
      ids.push(id);
    }
    const [first = '', second = ''] = ids;
    await desk.correct(first, { category: 'network/wifi', answer: 'bad' }, OPERATOR);
    await desk.correct(first, { category: 'network/vpn', resolution: 'Restart it.' }, OPERATOR);
    expect(await desk.correct(second, { queue: 'identity', comment: 'no' }, ANNA)).toEqual({ taught: false });
    expect(await desk.quality(ANNA)).toEqual({
      learned: null,
      results: 3,
      corrected: 2,
      accuracy: {
        category: { judged: 1, right: 1 },
        queue: { judged: 1, right: 0 },
        priority: { judged: 0, right: null },
        answer: { judged: 1, right: 0 },
      },
    });
    expect(taught).toEqual([
      { id: 't-0', ...TICKET, category: 'network/wifi' },
      { id: 't-0', ...TICKET, category: 'network/vpn', resolution: 'Restart it.' },
    ]);
    expect(await desk.quality(BEN)).toMatchObject({ results: 0, corrected: 0 });
  });
});
