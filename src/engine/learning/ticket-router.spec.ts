import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createShelves } from '../knowledge/stores/shelf.js';
import { openTemporaryDatabase, type TemporaryDatabase } from '../storage/temporary-database.fixture.js';
import { createClassifierStore } from './classifier/classifier-store.js';
import { createTicketRouter, type TicketRouter } from './ticket-router.js';
import { createTicketStore, type TicketStore } from './ticket-store.js';

const CLOCK = { now: () => 1_700_000_000_000, monotonic: () => 0 };
const KINDS = [
  { category: 'vpn', text: 'the tunnel to the gateway drops' },
  { category: 'password', text: 'the password expired and must be reset' },
] as const;

const prepared = (many: number, from = 0) =>
  Array.from({ length: many }, (_, at) => {
    const { category, text } = KINDS[at % 2] ?? KINDS[0];
    const ticket = { id: `t${from + at}`, subject: text, body: `${text}, case ${at % 7}`, category };
    return { ticket, metadata: {}, source: 'own', hash: `h${from + at}` };
  });

describe('the ticket router', () => {
  let temporary: TemporaryDatabase;
  let tickets: TicketStore;
  let router: TicketRouter;
  const open = () => {
    const classifiers = createClassifierStore(temporary.database);
    return createTicketRouter({ tickets, classifiers, clock: CLOCK });
  };
  beforeEach(async () => {
    temporary = await openTemporaryDatabase();
    tickets = createTicketStore(temporary.database, createShelves(temporary.database), CLOCK);
    router = open();
  });
  afterEach(async () => {
    await router.close();
    await temporary.remove();
  });
  const best = async (text: string) => (await router.predict('a', text))?.category?.labels[0]?.label;

  it('knows nothing of too few tickets, nor of another tenant’s', async () => {
    await tickets.put('a', prepared(10));
    await tickets.put('b', prepared(80));
    expect(await router.retrain('a')).toBeNull();
    expect(await router.predict('a', 'reset my password')).toBeNull();
    expect(await router.summary('a')).toBeNull();
  });

  it('learns once it is asked, and says what it learned', async () => {
    await tickets.put('a', prepared(80));
    expect(await router.retrain('a')).toMatchObject({
      version: 1,
      tickets: 80,
      trainedAt: '2023-11-14T22:13:20.000Z',
      fields: { category: { learned: 80, labels: 2, heldBack: 80, accuracy: 1 } },
    });
    expect(await best('reset my password')).toBe('password');
    expect(await router.retrain('a')).toMatchObject({ version: 2 });
  });

  it('says the same after a restart, without learning again', async () => {
    await tickets.put('a', prepared(80));
    await router.retrain('a');
    const before = await router.predict('a', 'the gateway drops my password');
    await router.close();
    router = open();
    expect(await router.predict('a', 'the gateway drops my password')).toEqual(before);
    expect(await router.summary('a')).toMatchObject({ version: 1 });
  });

  it('learns anew at the first question after a restart where tickets came meanwhile', async () => {
    await tickets.put('a', prepared(80));
    await router.retrain('a');
    await router.close();
    await tickets.put('a', prepared(20, 100));
    router = open();
    await router.retrain('a');
    expect(await router.summary('a')).toMatchObject({ version: 2, tickets: 100 });
  });

  it('keeps three versions', async () => {
    await tickets.put('a', prepared(80));
    for (let time = 0; time < 5; time += 1) await router.retrain('a');
    const rows = await temporary.database.read('SELECT version FROM ticket_classifiers ORDER BY version');
    expect(rows.map(({ version }) => Number(version))).toEqual([3, 4, 5]);
  });
});
