import { expect, it } from '@jest/globals';
import type { Decision } from '../contracts/index.js';
import type { AgentPorts, Passage } from '../ports.js';
import type { SupportStateType } from '../state.js';
import { testRun } from '../testing/run-context.js';
import { scriptedModels } from '../testing/scripted-models.js';
import { createRetriever } from './retriever.agent.js';

const found = (documentId: string, score: number): Passage => ({
  documentId,
  chunkId: '0',
  title: documentId,
  headings: [],
  text: `What ${documentId} says.`,
  span: [0, 20],
  position: 0,
  score,
  coverage: 1,
});
const unused = () => Promise.reject(new Error('not asked here'));

async function read(linked: readonly string[]) {
  const hits = [found('oven', 2), found('mixer', 1.9), found('toaster', 0.2)];
  const ports: AgentPorts = {
    models: scriptedModels([{ agent: 'retriever', output: { queries: ['oven'] } }]),
    knowledge: {
      search: () => Promise.resolve(hits),
      open: (id) => Promise.resolve(hits.filter(({ documentId }) => documentId === id)),
    },
    tickets: { similar: unused, duplicates: unused, taxonomy: unused },
    prompts: {
      render: (name) => ({ name, version: '1.0.0', hash: '', messages: [] }),
      takes: () => false,
    },
    network: { lookup: unused, inspectTls: unused, connect: unused, probe: unused, greetMail: unused },
    clock: { now: () => 0, monotonic: () => 0 },
    hash: () => 'sha256:0',
  };
  const state: SupportStateType = {
    messages: [{ id: 'm1', type: 'human', content: 'The oven is cold' }],
    ticket: null,
    attachments: [],
    decision: linked.length > 0 ? decisionWith(linked) : null,
    evidence: [],
    observations: [],
    hypotheses: [],
    draft: null,
    critique: null,
    assignment: null,
    answer: null,
    handoff: null,
    tried: [],
    visits: {},
  };
  const { evidence } = await createRetriever(ports)(state, testRun());
  return evidence;
}

const decisionWith = (linked: readonly string[]): Decision => ({
  category: { value: null, confidence: null, score: 0, alternatives: [] },
  queue: { value: null, confidence: null, score: 0, alternatives: [] },
  priority: { value: null, impact: null, urgency: null, confidence: null },
  sentiment: null,
  language: null,
  entities: [],
  duplicates: [],
  articles: linked.map((articleId) => ({ articleId, score: 1 })),
  needsHuman: false,
  reasons: [],
});

it('says of each passage how its document scored beside the best one', async () => {
  expect(await read([])).toMatchObject([
    { source: 'kb:oven#0', relevance: 1 },
    { source: 'kb:mixer#0', relevance: 0.95 },
  ]);
});

it('sets the best document further apart where colleagues linked it too', async () => {
  expect(await read(['oven'])).toMatchObject([{ relevance: 1 }, { relevance: 0.76 }]);
  expect(await read(['mixer'])).toMatchObject([{ relevance: 1 }, { relevance: 0.95 }]);
});
