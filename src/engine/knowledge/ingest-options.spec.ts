import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { packageRoot } from '../../config/package-root.js';
import { CHUNKING } from '../runtime.contract.js';
import { openTemporaryDatabase, type TemporaryDatabase } from '../storage/temporary-database.fixture.js';
import { createKnowledgeRoom, type KnowledgeRoom } from './knowledge-room.js';

const clock = { now: () => 1_767_225_600_000, monotonic: () => 0 };
const samplesDir = join(packageRoot(), 'samples');
const person = (...groups: string[]) => ({ id: 'p', tenant: 't', groups, role: 'operator' as const });

const SALARIES = {
  id: 'pay',
  title: 'Salaries',
  body: '# Salaries\n\nSalaries are paid on the last Friday.',
};
const QUESTION = { text: 'when are salaries paid', k: 3, limit: 3 };

describe('how documents are taken in', () => {
  let temporary: TemporaryDatabase;
  let room: KnowledgeRoom;
  beforeAll(async () => {
    temporary = await openTemporaryDatabase();
    room = createKnowledgeRoom({ database: temporary.database, clock, samplesDir });
  });
  afterAll(() => temporary.remove());

  it('gives groups to documents that name none, and a change of them leaves nothing in a cache', async () => {
    const readers = [person('hr'), person('it')];
    const seenBy = async () =>
      Promise.all(
        readers.map(async (principal) => [
          (await room.desk.search(QUESTION, principal)).length,
          (await room.knowledge.search(QUESTION, { principal })).length,
          (await room.knowledge.open('pay', { principal })).length,
        ]),
      );
    const nothing = [0, 0, 0];
    const all = [1, 1, 1];
    const status = async (groups: string[], own?: string[]) =>
      (await room.desk.add([{ ...SALARIES, ...(own && { groups: own }) }], { groups }, person())).map(
        (document) => document.status,
      );
    expect(await status(['hr', 'it'])).toEqual(['added']);
    expect(await seenBy()).toEqual([all, all]);
    expect(await status(['hr'])).toEqual(['updated']);
    expect(await seenBy()).toEqual([all, nothing]);
    expect(await status(['hr'], ['it'])).toEqual(['updated']);
    expect(await seenBy()).toEqual([nothing, all]);
    expect(await status(['hr', 'it'])).toEqual(['updated']);
    expect(await seenBy()).toEqual([all, all]);
  });

  it('cuts documents as it is told, and anew when it is told otherwise', async () => {
    const paragraph = 'The lamp of the machine shows the state of its tank and of its filter. '.repeat(3);
    const body = Array.from({ length: 20 }, (_, index) => `## Lamp ${index}\n\n${paragraph}`).join('\n\n');
    const passages: Record<string, number> = {};
    for (const chunking of CHUNKING) {
      const add = () => room.desk.add([{ id: 'lamps', title: 'Lamps', body }], { chunking }, person());
      const [first] = await add();
      const [again] = await add();
      expect([first?.status, again?.status]).toEqual([first?.status, 'unchanged']);
      expect(first?.status).not.toBe('unchanged');
      passages[chunking] = first?.passages ?? 0;
    }
    expect(passages).toEqual({ headings: 7, fine: 20, coarse: 3, blocks: 20, document: 1 });
  });
});
