import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Principal } from '../../../agents/contracts/index.js';
import { openExperiments } from '../prompts/experiments.js';
import { openLabelStore } from '../prompts/label-store.js';
import { createPromptRoom } from '../prompts/prompt-room.js';
import { openPromptShelf } from '../prompts/prompt-shelf.js';
import { createLedger, ledgerStatements } from '../storage/ledger.js';
import { openTemporaryDatabase, type TemporaryDatabase } from '../storage/temporary-database.fixture.js';
import { createSettle } from './manifest.js';

const ANNA: Principal = { id: 'anna', tenant: 'acme', groups: [], role: 'operator' };

let store: TemporaryDatabase;
beforeEach(async () => {
  store = await openTemporaryDatabase();
});
afterEach(() => store.remove());

it('a run that is resumed keeps the prompts that it began with, wherever labels were moved', async () => {
  const { database } = store;
  const shelf = openPromptShelf({ dir: 'prompts', reload: false, warn: () => undefined });
  const now = () => 0;
  const experiments = await openExperiments({ database, shelf, now });
  const labels = await openLabelStore(database);
  const prompts = createPromptRoom({ shelf, labels, experiments, now });
  const settle = createSettle({
    graphVersion: 'test@1',
    prompts,
    modelOf: (_agent, _run, { settings }) => settings.model ?? 'scripted',
    toolVersions: {},
    knowledgeSnapshot: () => Promise.resolve('empty'),
  });
  const ledger = createLedger(database);
  const settled = async (runId: string) => {
    const run = await ledger.byId(runId, ANNA.tenant);
    if (!run) throw new Error(`no run ${runId}`);
    return settle(run);
  };
  const accept = (runId: string) =>
    database.commit(
      ledgerStatements.accept({
        ...{ runId, tenant: ANNA.tenant, threadId: 'thread', principal: ANNA, request: { messages: [] } },
        ...{ idempotencyKey: null, bodyHash: null, graph: 'test@1', at: 0 },
      }),
    );
  const move = (version: string) =>
    prompts.desk.moveLabel({ name: 'critic', label: 'production', version, holds: () => true }, ANNA);

  await move('1.0.0');
  await accept('first');
  const before = await settled('first');
  await database.commit([ledgerStatements.begin('first', 0, before.manifest)]);
  await move('1.1.0');
  const after = await settled('first');
  await database.commit([ledgerStatements.begin('first', 0, { ...after.manifest, hash: 'another' })]);
  await accept('second');

  expect(before.versions.critic).toBe('1.0.0');
  expect(before.manifest.promptHashes?.critic).toBe(shelf.find('critic', '1.0.0').hash);
  expect(after).toEqual(before);
  expect((await ledger.byId('first', ANNA.tenant))?.manifest).toEqual(before.manifest);
  expect((await settled('second')).versions.critic).toBe('1.1.0');
});
