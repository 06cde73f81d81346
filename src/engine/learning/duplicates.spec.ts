import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createKnowledgeRoom } from '../knowledge/knowledge-room.js';
import { ANNA, BEN, echo, engineOn } from '../runs/runs.fixture.js';

const clock = { now: () => 1_767_225_600_000, monotonic: () => 0 };
const PLOTTER =
  'Plotter in Leeds prints stripes\nSince this morning magenta stripes run over every plan on roll B2.';
const AGAIN =
  'stripes from the Leeds plotter\nThe plotter puts magenta stripes on every plan, roll B2 as well.';
const OTHER = 'Payslip of March is missing\nThe portal shows February as the newest payslip.';

describe('duplicates', () => {
  let dir: string;
  let engine: Awaited<ReturnType<typeof engineOn>>;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'triagent-duplicates-'));
    engine = await engineOn(dir, echo);
  });
  afterEach(async () => {
    await engine.scheduler.stop(1_000);
    await engine.database.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const open = () => createKnowledgeRoom({ database: engine.database, clock, samplesDir: 'none' });
  const comes = (
    room: ReturnType<typeof open>,
    id: string | null,
    text: string,
    { threadId = `thread of ${id}`, principal = ANNA } = {},
  ) => room.tickets.duplicates({ id, text }, { threadId, principal });

  it('finds a ticket that came earlier, also after a restart; the first of two has none', async () => {
    const room = open();
    expect(await comes(room, 't-1', PLOTTER)).toEqual([]);
    expect(await comes(room, 't-2', OTHER)).toEqual([]);
    const found = await comes(room, 't-3', AGAIN);
    expect(found).toEqual([{ ticketId: 't-1', score: expect.any(Number) }]);
    expect(found[0]?.score).toBeGreaterThan(0.45);
    expect(found[0]?.score).toBeLessThan(1);
    expect((await comes(open(), 't-4', AGAIN)).map(({ ticketId }) => ticketId)).toEqual(['t-3', 't-1']);
  });

  it('says the same when a triage is taken up again, whatever came since', async () => {
    const room = open();
    await comes(room, 't-1', PLOTTER);
    const first = await comes(room, 't-2', AGAIN);
    await comes(room, 't-3', AGAIN);
    expect((await comes(room, 't-2', AGAIN)).map(({ ticketId }) => ticketId)).toEqual(
      first.map(({ ticketId }) => ticketId),
    );
    expect(await comes(room, 't-1', PLOTTER)).toEqual([]);
  });

  it('takes a ticket that is sent again for the same, solved or not', async () => {
    const room = open();
    await comes(room, 't-1', PLOTTER);
    expect(await comes(room, 't-1', PLOTTER, { threadId: 'sent again' })).toEqual([]);
    await room.desk.learn([{ id: 't-1', subject: 'Plotter', body: PLOTTER }], ANNA);
    expect(await comes(room, 't-1', PLOTTER, { threadId: 'and again' })).toEqual([]);
    expect((await comes(room, 't-2', AGAIN)).map(({ ticketId }) => ticketId)).toEqual(['t-1']);
  });

  it('finds solved tickets', async () => {
    const room = open();
    const [subject = '', body = ''] = PLOTTER.split('\n');
    await room.desk.learn([{ id: 's-1', subject, body }], ANNA);
    expect(await comes(room, 't-1', AGAIN)).toMatchObject([{ ticketId: 's-1' }]);
  });

  it('compares a question in chat without remembering it, and not with its own ticket', async () => {
    const room = open();
    await comes(room, 't-1', PLOTTER, { threadId: 'one' });
    expect(await comes(room, null, AGAIN, { threadId: 'one' })).toEqual([]);
    expect(await comes(room, null, AGAIN, { threadId: 'two' })).toMatchObject([{ ticketId: 't-1' }]);
    expect(await comes(room, 't-2', AGAIN)).toMatchObject([{ ticketId: 't-1' }]);
  });

  it('keeps tenants apart', async () => {
    const room = open();
    await comes(room, 't-1', PLOTTER);
    expect(await comes(room, 't-2', PLOTTER, { principal: BEN })).toEqual([]);
  });

  it('forgets a ticket with its thread', async () => {
    const room = open();
    await engine.threads.create({ threadId: 'gone' }, ANNA);
    await comes(room, 't-1', PLOTTER, { threadId: 'gone' });
    await engine.threads.delete('gone', ANNA);
    expect(await comes(room, 't-2', AGAIN)).toEqual([]);
  });

  it('loses nobody where many come at once', async () => {
    const room = open();
    const found = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        comes(room, `t-${index}`, index % 20 ? `n${index} ${OTHER}` : PLOTTER),
      ),
    );
    expect(found.map((each) => each.length)[0]).toBe(0);
    expect(found[40]?.map(({ ticketId }) => ticketId).sort()).toEqual(['t-0', 't-20']);
  });
});
