import { describe, expect, it } from '@jest/globals';
import { fault, type Taxonomy } from './contracts/index.js';
import type { AgentPorts, Passage, SimilarTicket, TlsReport } from './ports.js';
import type { SupportStateType } from './state.js';
import { createSupportGraph } from './support-graph.js';
import { type TestRun, targetsOf, testRun } from './testing/run-context.js';
import { type ScriptedStep, scriptedModels } from './testing/scripted-models.js';

const passage = (documentId: string, text: string): Passage => ({
  documentId,
  chunkId: '0',
  title: documentId,
  headings: [],
  text,
  span: [0, text.length],
  position: 0,
  score: 1,
  coverage: 1,
});

const BOOKS: Readonly<Record<string, Passage>> = {
  'vpn-renew': passage(
    'vpn-renew',
    'Open Company Portal and choose Sync. The renewal takes up to 15 minutes.',
  ),
  'printer-driver': passage('printer-driver', 'Restart the print spooler to bring the driver back.'),
};

const TAXONOMY: Taxonomy = {
  categories: [{ value: 'network/vpn', description: 'VPN', queue: 'network' }],
  queues: [{ value: 'network', description: 'Network' }],
  impact: [{ level: 1, description: 'all' }],
  urgency: [{ level: 1, description: 'now' }],
  priority: [['P1']],
};

const EXPIRED: TlsReport = {
  host: 'vpn.example.com',
  port: 443,
  address: '192.0.2.1',
  protocol: 'TLSv1.3',
  cipher: 'x',
  chain: [
    {
      subject: 'vpn.example.com',
      issuer: 'CA',
      names: ['vpn.example.com'],
      validFrom: '2025-01-01T00:00:00.000Z',
      validTo: '2025-06-01T00:00:00.000Z',
      fingerprint256: 'aa',
      selfSigned: false,
    },
  ],
  verifyError: 'CERT_HAS_EXPIRED',
  nameMatches: true,
  ms: 1,
};

const portsWith = (models: AgentPorts['models'], solved: readonly SimilarTicket[]): AgentPorts => ({
  models,
  knowledge: {
    search: ({ text }) =>
      Promise.resolve(
        Object.values(BOOKS).filter(({ documentId }) => text.includes(documentId.split('-')[0] ?? '')),
      ),
    open: (id) => Promise.resolve(BOOKS[id] ? [BOOKS[id]] : []),
  },
  tickets: {
    similar: () => Promise.resolve(solved),
    duplicates: () => Promise.resolve([]),
    routing: () => Promise.resolve(null),
    taxonomy: () => Promise.resolve(TAXONOMY),
  },
  prompts: {
    render: (name, variables, run) => ({
      name,
      version: run.prompts[name],
      hash: '',
      messages: [{ role: 'user', text: JSON.stringify(variables) }],
    }),
    takes: () => true,
  },
  network: {
    lookup: () => Promise.reject(new Error('nothing is looked up here')),
    inspectTls: () => Promise.resolve(EXPIRED),
    connect: () => Promise.reject(new Error('nothing is connected to here')),
    probe: () => Promise.reject(new Error('no page is asked for here')),
    greetMail: () => Promise.reject(new Error('nobody is greeted here')),
  },
  clock: { now: () => Date.parse('2025-07-01T00:00:00Z'), monotonic: () => 0 },
  hash: (text) => `sha256:${text.length}`,
});

const TRIAGE: ScriptedStep = {
  agent: 'triage',
  output: {
    category: 'network/vpn',
    candidates: [{ label: 'network/vpn', score: 0.9 }],
    impact: 1,
    urgency: 1,
    sentiment: 'calm',
    language: 'en',
    entities: [],
  },
};
const queries = (...list: string[]): ScriptedStep => ({ agent: 'retriever', output: { queries: list } });
const draft = (...claims: [text: string, ...evidence: string[]][]): ScriptedStep => ({
  agent: 'resolver',
  output: { claims: claims.map(([text, ...evidence]) => ({ text, evidence })) },
});
const judged = (parts: Record<string, string[]>, offTopic: string[] = []): ScriptedStep => ({
  agent: 'critic',
  output: { parts: Object.entries(parts).map(([part, answeredBy]) => ({ part, answeredBy })), offTopic },
});

async function play(
  question: string,
  steps: readonly ScriptedStep[],
  overrides: Parameters<typeof testRun>[0] = {},
  solved: readonly SimilarTicket[] = [],
) {
  const models = scriptedModels(steps);
  const run: TestRun = testRun({ ...overrides });
  const graph = createSupportGraph(portsWith(models, solved));
  const state = (await graph.invoke(
    { messages: [{ id: 'q', type: 'human', content: question }] },
    { context: { run } },
  )) as SupportStateType;
  models.done();
  return { state, run };
}

const SYNC: [string, string] = ['Open Company Portal and choose Sync.', 'ev_p1'];

describe('support graph', () => {
  it('keeps what was shown when the model breaks off, and hands the rest over with the reason', async () => {
    const fails = fault('MODEL_STREAM_TRUNCATED');
    const { state, run } = await play('renew vpn?', [TRIAGE, queries('vpn'), { ...draft(SYNC), fails }]);
    expect(state.answer).toMatchObject({ complete: false, claims: [{ text: SYNC[0], supported: true }] });
    expect(state.handoff).toMatchObject({ code: 'MODEL_STREAM_TRUNCATED', asked: ['renew vpn?'] });
    expect(state.handoff?.reason).toContain('cut short');
    expect(run.events).toContainEqual(
      expect.objectContaining({ payload: expect.objectContaining({ code: 'MODEL_STREAM_TRUNCATED' }) }),
    );
  });

  it('fails where the model breaks off before anything that holds was shown', async () => {
    const fails = fault('MODEL_STREAM_TRUNCATED');
    const made = draft(['The renewal takes 90 minutes.', 'ev_p1']);
    await expect(play('renew vpn?', [TRIAGE, queries('vpn'), { ...made, fails }])).rejects.toThrow(fails);
  });

  it('accepts a draft that holds and tells it as it was streamed', async () => {
    const { state, run } = await play('renew vpn?', [
      TRIAGE,
      queries('vpn'),
      draft(SYNC),
      judged({ 'renew vpn': ['c1'] }),
    ]);
    expect(state.critique).toMatchObject({ verdict: 'accept', coverage: 1, revisions: 0, issues: [] });
    expect(state.answer).toEqual({
      text: 'Open Company Portal and choose Sync. [1]',
      complete: true,
      claims: [{ text: SYNC[0], evidence: ['ev_p1'], supported: true }],
    });
    const streamed = run.events.flatMap((event) =>
      event.channel === 'messages' && event.data.event === 'content-block-delta' ? event.data.delta.text : [],
    );
    expect(state.messages.at(-1)).toEqual({ id: 'msg_run-test_0_1', type: 'ai', content: streamed.join('') });
    expect(state.handoff).toBeNull();
  });

  it('searches again for a part that no claim answers, by the retriever alone', async () => {
    const { state } = await play('renew vpn and the paper jam?', [
      TRIAGE,
      queries('vpn'),
      draft(SYNC),
      judged({ 'renew vpn': ['c1'], 'fix the printer': [] }),
      draft(SYNC, ['Restart the print spooler.', 'ev_p2']),
      judged({ 'renew vpn': ['c1'], 'fix the printer': ['c2'] }),
    ]);
    expect(state.critique).toMatchObject({ verdict: 'accept', revisions: 1 });
    expect(state.visits).toMatchObject({ retriever: 2, diagnostics: 1, resolver: 2 });
    expect(state.answer?.claims).toHaveLength(2);
  });

  it('asks for another draft where a claim is not in its evidence, by the resolver alone', async () => {
    const { state, run } = await play('renew vpn?', [
      TRIAGE,
      queries('vpn'),
      draft(SYNC, ['The renewal takes up to 50 minutes.', 'ev_p1']),
      judged({ 'renew vpn': ['c1'] }),
      draft(SYNC, ['The renewal takes up to 15 minutes.', 'ev_p1']),
      judged({ 'renew vpn': ['c1'] }),
    ]);
    expect(state.visits).toMatchObject({ retriever: 1, resolver: 2 });
    expect(state.answer?.text).toContain('15 minutes');
    expect(JSON.stringify(run.events)).not.toContain('50 minutes');
  });

  it('keeps the claims that stand where the next draft only tells what is missing', async () => {
    const { state, run } = await play('renew vpn?', [
      TRIAGE,
      queries('vpn'),
      draft(SYNC, ['The renewal takes up to 50 minutes.', 'ev_p1']),
      judged({ 'renew vpn': ['c1'] }),
      {
        ...draft(['The renewal takes up to 15 minutes.', 'ev_p1']),
        asked: ({ messages }) => {
          const asked = JSON.parse(messages.at(-1)?.text ?? '') as Record<string, unknown>;
          expect(asked.accepted).toEqual([SYNC[0]]);
          expect(asked.rejected).toMatchObject([{ text: 'The renewal takes up to 50 minutes.' }]);
        },
      },
      judged({ 'renew vpn': ['c1'] }),
    ]);
    expect(state.answer?.claims.map(({ text }) => text)).toEqual([
      SYNC[0],
      'The renewal takes up to 15 minutes.',
    ]);
    const streamed = run.events.flatMap((event) =>
      event.channel === 'messages' && event.data.event === 'content-block-finish'
        ? event.data.content.text
        : [],
    );
    expect(streamed.at(-1)).toBe(state.messages.at(-1)?.content);
  });

  it('asks once for what a draft leaves out, and releases it as it is if that stays away', async () => {
    const { state } = await play('renew vpn, and who helps?', [
      TRIAGE,
      queries('vpn'),
      draft(SYNC),
      judged({ 'renew vpn': ['c1'] }),
      draft(),
      judged({ 'renew vpn': ['c1'] }),
    ]);
    expect(state.critique).toMatchObject({ verdict: 'accept', revisions: 1, issues: [] });
    expect(state.answer?.claims.map(({ text }) => text)).toEqual([SYNC[0]]);
  });

  it('reads on a second look what colleagues linked to similar tickets', async () => {
    const solved: SimilarTicket = {
      id: 'T-1',
      subject: 'no paper',
      body: 'It stands still.',
      category: 'network/vpn',
      queue: 'network',
      priority: 'P4',
      articles: ['printer-driver'],
      resolution: '',
      score: 0.6,
    };
    const { state } = await play(
      'renew vpn, no paper',
      [
        TRIAGE,
        queries('vpn'),
        draft(SYNC),
        judged({ 'renew vpn': ['c1'], 'no paper': [] }),
        {
          ...draft(['Restart the print spooler.', 'ev_p2']),
          asked: ({ messages }) => {
            const { passages } = JSON.parse(messages.at(-1)?.text ?? '') as { passages: { id: string }[] };
            expect(passages.map(({ id }) => id)).toEqual(['ev_p1', 'ev_p2']);
          },
        },
        judged({ 'renew vpn': ['c1'], 'no paper': ['c2'] }),
      ],
      {},
      [solved],
    );
    expect(state.critique).toMatchObject({ verdict: 'accept', revisions: 1 });
    expect(state.answer?.claims).toHaveLength(2);
  });

  it('hands a product that nothing speaks of to a person at once', async () => {
    const { state } = await play('vpn for Plumix 43?', [
      TRIAGE,
      queries('vpn'),
      draft(SYNC),
      judged({ 'vpn for Plumix': ['c1'] }),
    ]);
    expect(state.critique?.verdict).toBe('handoff');
    expect(state.critique?.issues.map(({ kind }) => kind)).toEqual(['wrong-product', 'unanswered']);
    expect(state.handoff?.asked).toEqual(['vpn for Plumix']);
    expect(state.answer).toBeNull();
    expect(state.handoff?.reason).toContain('Plumix');
  });

  it('sends a contradicted claim to diagnostics alone', async () => {
    const contradicted: ScriptedStep = draft([
      'The certificate of vpn.example.com is valid, open Company Portal.',
      'ev_p1',
      'ev_o1',
    ]);
    const call = { name: 'tls_inspect', args: { host: 'vpn.example.com' } };
    const look: ScriptedStep[] = [
      { agent: 'diagnostics', toolCalls: [call] },
      { agent: 'diagnostics', text: 'done' },
      { agent: 'diagnostics', output: { hypotheses: [] } },
    ];
    const { state } = await play(
      'vpn.example.com: vpn certificate?',
      [
        TRIAGE,
        queries('vpn'),
        // The runbook of certificates needs nobody to choose what to look at.
        ...look.slice(2),
        contradicted,
        judged({ certificate: ['c1'] }),
        // The same look finds nothing new, so there is nothing new to weigh.
        ...look.slice(0, 2),
        draft(SYNC),
        judged({ certificate: ['c1'] }),
      ],
      { targets: targetsOf('vpn.example.com') },
    );
    expect(state.visits).toMatchObject({ retriever: 1, diagnostics: 2, resolver: 2 });
    expect(state.critique?.verdict).toBe('accept');
  });

  it('drops what cannot be mended and never passes it', async () => {
    const wrong: [string, string] = ['The renewal takes up to 50 minutes.', 'ev_p1'];
    const { state } = await play(
      'renew vpn?',
      [TRIAGE, queries('vpn'), draft(SYNC, wrong), judged({ 'renew vpn': ['c1'] })],
      { limits: { ...testRun().limits, revisions: 0 } },
    );
    expect(state.critique).toMatchObject({ verdict: 'accept', issues: [{ kind: 'unsupported', claim: 1 }] });
    expect(state.answer?.claims.map(({ text }) => text)).toEqual([SYNC[0]]);
    expect(state.messages.at(-1)?.content).not.toContain('50');
  });

  it('hands what stays open to a person with what was found, tried and asked', async () => {
    const { state } = await play('renew vpn and a visa?', [
      TRIAGE,
      queries('vpn'),
      draft(SYNC),
      judged({ 'renew vpn': ['c1'], 'a visa': [] }),
      draft(SYNC),
      judged({ 'renew vpn': ['c1'], 'a visa': [] }),
    ]);
    expect(state.critique?.verdict).toBe('handoff');
    expect(state.answer).toMatchObject({ complete: false });
    expect(state.handoff).toMatchObject({ code: 'EVIDENCE_INSUFFICIENT', asked: ['a visa'] });
    expect(state.handoff?.tried.join()).toContain('a visa');
    expect(state.handoff?.found[0]).toEqual({ text: SYNC[0], evidence: ['ev_p1'] });
    expect(state.messages.at(-1)?.content).toContain('A person takes over');
  });

  it('ends after triage where only a decision is wanted', async () => {
    const { state } = await play('renew vpn?', [TRIAGE], { options: { depth: 'classify' } });
    expect(state.decision).toMatchObject({ category: { value: 'network/vpn' }, priority: { value: 'P1' } });
    expect(state.answer).toBeNull();
  });
});
