import { expect, it } from '@jest/globals';
import type { Decision } from '../contracts/index.js';
import type { AgentPorts, Passage, RetrievalOptions } from '../ports.js';
import type { SupportStateType } from '../state.js';
import { testRun } from '../testing/run-context.js';
import { type ScriptedStep, scriptedModels } from '../testing/scripted-models.js';
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

const QUERIES: ScriptedStep = { agent: 'retriever', output: { queries: ['oven', 'cold kitchen'] } };

/** What is read, and what was asked of knowledge and model before. */
async function retrieve({
  linked = [],
  retrieval = {},
  steps = [QUERIES],
}: {
  linked?: readonly string[];
  retrieval?: RetrievalOptions;
  steps?: readonly ScriptedStep[];
} = {}) {
  const hits = [found('oven', 2), found('mixer', 1.9), found('toaster', 0.2)];
  const models = scriptedModels(steps);
  const searched: string[] = [];
  const rendered: unknown[] = [];
  const ports: AgentPorts = {
    models,
    knowledge: {
      search: ({ text }) => {
        searched.push(text);
        return Promise.resolve(hits);
      },
      open: (id) => Promise.resolve(hits.filter(({ documentId }) => documentId === id)),
    },
    tickets: { similar: unused, duplicates: unused, routing: unused, taxonomy: unused },
    prompts: {
      render: (name, variables) => {
        rendered.push(variables);
        return { name, version: '1.0.0', hash: '', messages: [], retrieval };
      },
      takes: () => retrieval.rerank !== undefined,
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
  const patch = await createRetriever(ports)(state, testRun());
  const evidence = Array.isArray(patch.evidence) ? patch.evidence : [];
  models.done();
  return { evidence, sources: evidence.map(({ source }) => source), searched, rendered };
}

const read = async (linked: readonly string[]) => (await retrieve({ linked })).evidence;

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

it('asks every query that the model writes, unless its prompt wants one question left whole', async () => {
  expect((await retrieve()).searched).toEqual(['The oven is cold', 'oven', 'cold kitchen']);
  expect((await retrieve({ retrieval: { decompose: false } })).searched).toEqual([
    'The oven is cold',
    'oven',
  ]);
});

it('reads as many documents as its prompt wants', async () => {
  expect((await retrieve({ retrieval: { limit: 1 } })).sources).toEqual(['kb:oven#0']);
});

it('also looks for what an answer would say, where its prompt wants that', async () => {
  const passage = 'Turn the oven on.';
  const steps = [{ agent: 'retriever', output: { queries: ['oven'], passage } }] as const;
  const { searched } = await retrieve({ retrieval: { hyde: true }, steps });
  expect(searched).toEqual(['The oven is cold', 'oven', passage]);
});

it('lets the model put documents in order; places keep their scores, what it forgets comes last', async () => {
  const steps = [QUERIES, { agent: 'retriever', output: { order: ['d3', 'd9', 'd3'] } }] as const;
  const { evidence, rendered } = await retrieve({ retrieval: { rerank: 3 }, steps });
  expect(evidence).toMatchObject([
    { source: 'kb:toaster#0', relevance: 1 },
    { source: 'kb:oven#0', relevance: 0.95 },
  ]);
  expect(rendered).toMatchObject([
    { candidates: [] },
    {
      candidates: [
        { id: 'd1', title: 'oven' },
        { id: 'd2', title: 'mixer' },
        { id: 'd3', title: 'toaster' },
      ],
    },
  ]);
});
