import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSupportGraph, trustedTargets } from '../agents/index.js';
import type { RunContext } from '../agents/run-context.js';
import { packageRoot } from '../src/config/package-root.js';
import { createKnowledgeRoom } from '../src/engine/knowledge/knowledge-room.js';
import { createNetwork } from '../src/engine/network/egress-gate.js';
import { loadPrompts } from '../src/engine/prompts/prompt-book.js';
import { openDatabase } from '../src/engine/storage/open-database.js';
import { zeroTimeModels } from './scripted-models.js';

/**
 * The floor: the same graph with the same ports, run by `graph.invoke` without saver, log, journal or host.
 * @returns a function that makes one run
 */
export async function openFloor() {
  const dir = await mkdtemp(join(tmpdir(), 'triagent-floor-'));
  const database = await openDatabase({ dir });
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const room = createKnowledgeRoom({ database, clock, samplesDir: join(packageRoot(), 'samples') });
  await room.desk.samples('load');
  const prompts = loadPrompts(join(packageRoot(), 'prompts'));
  const graph = createSupportGraph({
    models: zeroTimeModels,
    knowledge: room.knowledge,
    tickets: room.tickets,
    prompts,
    network: createNetwork({ enabled: true, estate: [] }),
    clock,
    hash: (text) => `sha256:${createHash('sha256').update(text).digest('hex')}`,
  });
  return {
    async run(question: string) {
      const message = { id: randomUUID(), type: 'human' as const, content: question };
      const run: RunContext = {
        runId: randomUUID(),
        threadId: randomUUID(),
        attempt: 1,
        principal: { id: 'bench', tenant: 'default', groups: [], role: 'user' },
        options: {},
        limits: { revisions: 2, modelCalls: 40, toolCalls: 20, deadline: Date.now() + 60_000 },
        prompts: {
          triage: '1.0.0',
          retriever: '1.0.0',
          diagnostics: '1.0.0',
          resolver: '1.0.0',
          critic: '1.0.0',
        },
        targets: trustedTargets({ messages: [message], ticket: null }),
        effects: { once: (_, perform) => perform() },
        signal: new AbortController().signal,
        emit: () => undefined,
      };
      await graph.invoke({ messages: [message] }, { context: { run } });
    },
    async close() {
      await database.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
