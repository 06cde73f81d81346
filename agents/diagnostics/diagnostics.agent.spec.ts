import { describe, expect, it } from '@jest/globals';
import { type ErrorCode, fault } from '../contracts/index.js';
import type { AgentPorts, DnsReport, Network, TlsReport } from '../ports.js';
import type { RunContext } from '../run-context.js';
import type { SupportStateType } from '../state.js';
import { memoryEffects, targetsOf, testRun } from '../testing/run-context.js';
import { type ScriptedStep, scriptedModels } from '../testing/scripted-models.js';
import { createDiagnosticsAgent } from './diagnostics.agent.js';

const HOST = 'vpn.larkfield.example';
const NOW = Date.parse('2026-11-21T12:00:00Z');

const EXPIRED: TlsReport = {
  ...{ host: HOST, port: 443, address: '192.0.2.1', protocol: 'TLSv1.3', cipher: 'x', ms: 5 },
  ...{ verifyError: 'CERT_HAS_EXPIRED', nameMatches: true },
  chain: [
    {
      ...{
        subject: `CN=${HOST}`,
        issuer: 'CN=Larkfield Issuing CA 2',
        names: [HOST],
        fingerprint256: 'AA',
        selfSigned: false,
      },
      ...{ validFrom: '2025-11-02T00:00:00.000Z', validTo: '2026-11-02T00:00:00.000Z' },
    },
  ],
};
const FOUND: DnsReport = { name: HOST, type: 'A', status: 'ok', records: ['93.184.216.34'], ms: 3 };

const unused = (name: string) => () => Promise.reject(new Error(`${name} is not used`));

/** A network that answers as told and writes down what it was asked. */
function network(answers: { tls?: TlsReport | ErrorCode; dns?: DnsReport | ErrorCode } = {}) {
  const asked: string[] = [];
  const give = <T>(answer: T | ErrorCode): T => {
    if (typeof answer === 'string') throw fault(answer as ErrorCode);
    return answer as T;
  };
  const port: Network = {
    async lookup(name, type) {
      asked.push(`dns ${name} ${type}`);
      return give<DnsReport>(answers.dns ?? FOUND);
    },
    async inspectTls({ host, port }) {
      asked.push(`tls ${host}:${port}`);
      return give<TlsReport>(answers.tls ?? EXPIRED);
    },
    connect: unused('connect'),
    probe: unused('probe'),
    greetMail: unused('greetMail'),
  };
  return { port, asked };
}

function setUp(steps: readonly ScriptedStep[], net = network()) {
  const models = scriptedModels(steps);
  const rendered: Record<string, unknown>[] = [];
  const ports: AgentPorts = {
    models,
    knowledge: { search: unused('search'), open: unused('open') },
    tickets: {
      similar: unused('similar'),
      duplicates: unused('duplicates'),
      routing: unused('routing'),
      taxonomy: unused('taxonomy'),
    },
    prompts: {
      render(name, variables) {
        rendered.push({ ...variables });
        return {
          name,
          version: '1.0.0',
          hash: 'h',
          messages: [{ role: 'user', text: String(variables.question) }],
        };
      },
      takes: () => true,
    },
    network: net.port,
    clock: { now: () => NOW, monotonic: () => 0 },
    hash: (text) => `sha256:${text.length}`,
  };
  return { agent: createDiagnosticsAgent(ports), models, rendered, asked: net.asked };
}

const stateOf = (question: string, overrides: Partial<SupportStateType> = {}): SupportStateType => ({
  ...{
    messages: [{ id: 'm1', type: 'human', content: question }],
    ticket: null,
    attachments: [],
    decision: null,
  },
  ...{ evidence: [], observations: [], hypotheses: [], draft: null, critique: null, assignment: null },
  ...{ answer: null, handoff: null, tried: [], visits: {} },
  ...overrides,
});

const runOf = (overrides: Partial<RunContext> = {}) => testRun({ targets: targetsOf(HOST), ...overrides });

const call = (name: string, args: Record<string, unknown>) => ({ name, args });
const asks = (...toolCalls: ReturnType<typeof call>[]): ScriptedStep => ({ agent: 'diagnostics', toolCalls });
const ENOUGH: ScriptedStep = { agent: 'diagnostics', text: 'enough' };
const weighs = (cause = 'server certificate expired', score = 0.9): ScriptedStep => ({
  agent: 'diagnostics',
  output: { hypotheses: [{ cause, score, supportedBy: ['ev_o1'], refutedBy: [] }] },
});
const TLS = call('tls_inspect', { host: HOST });
/** Shows no symptom of a runbook, so that the model asks. */
const QUESTION = `Please have a look at ${HOST} for me`;

const toolEvents = (run: ReturnType<typeof testRun>) =>
  run.events.flatMap((event) => (event.channel === 'tools' ? [event.data] : []));

describe('diagnostics', () => {
  it('looks, weighs and hands over what it found as evidence', async () => {
    const { agent, models, rendered, asked } = setUp([
      asks(TLS, call('dns_lookup', { name: HOST, type: 'A' })),
      ENOUGH,
      weighs(),
    ]);
    const run = runOf();
    const patch = await agent(stateOf(QUESTION), run);
    models.done();

    expect(asked.sort()).toEqual([`dns ${HOST} A`, `tls ${HOST}:443`]);
    const summary = `The certificate of ${HOST} expired on 2026-11-02, 19 days ago; it was issued by Larkfield Issuing CA 2.`;
    expect(patch.observations).toMatchObject([
      {
        id: 'ev_o1',
        tool: 'tls.inspect',
        target: HOST,
        ok: true,
        code: 'CERT_HAS_EXPIRED',
        summary,
        startedAt: '2026-11-21T12:00:00.000Z',
      },
      { id: 'ev_o2', tool: 'dns.lookup', target: HOST, ok: true },
      {
        ...{ id: 'ev_o3', tool: 'diagnosis', target: HOST },
        facts: { cause: 'server certificate expired', 'decided by': 'ev_o1' },
      },
    ]);
    const [first] = toolEvents(run);
    const callId = first?.tool_call_id ?? '';
    expect(patch.evidence).toMatchObject([
      {
        id: 'ev_o1',
        kind: 'observation',
        source: `tool:tls.inspect#${callId}`,
        quote: summary,
        span: [0, summary.length],
      },
      { id: 'ev_o2', kind: 'observation' },
      { id: 'ev_o3', kind: 'observation', source: 'diagnosis:server certificate expired#ev_o1' },
    ]);
    expect(patch.hypotheses?.[0]).toMatchObject({
      cause: 'server certificate expired',
      decidedBy: { observation: 'ev_o1' },
    });
    expect(patch).toMatchObject({
      visits: { diagnostics: 1 },
      tried: [`tls.inspect {"host":"${HOST}"}`, expect.any(String)],
    });
    expect(rendered.map(({ observations }) => (observations as unknown[]).length)).toEqual([0, 2]);
    expect(
      run.events.filter((event) => event.channel === 'custom' && event.name === 'hypotheses'),
    ).toHaveLength(1);
  });

  it('offers tools under names that providers allow and answers each call under the id of the host', async () => {
    const { agent, models } = setUp([asks(TLS), ENOUGH, weighs()]);
    const run = runOf();
    await agent(stateOf(QUESTION), run);
    const [first, second] = models.calls;
    expect(first?.tools?.map(({ name }) => name)).toEqual([
      ...['dns_lookup', 'tcp_connect', 'tls_inspect', 'http_probe', 'mail_check', 'runbook_follow'],
    ]);
    const [started, finished] = toolEvents(run);
    expect(started).toMatchObject({ event: 'tool-started', tool_name: 'tls.inspect', input: { host: HOST } });
    expect(finished).toMatchObject({ event: 'tool-finished', tool_call_id: started?.tool_call_id });
    expect(started?.tool_call_id).toMatch(/^[\w-]{1,40}$/);
    expect(second?.messages.slice(1)).toMatchObject([
      { role: 'assistant', toolCalls: [{ id: started?.tool_call_id, name: 'tls_inspect' }] },
      {
        role: 'tool',
        toolCallId: started?.tool_call_id,
        text: expect.stringContaining('expired on 2026-11-02'),
      },
    ]);
  });

  it.each([
    ['nothing was named', stateOf('our VPN certificate expired, what now?'), testRun()],
    ['network tools are not wanted', stateOf(QUESTION), runOf({ options: { depth: 'answer' } })],
  ])('costs no model call where %s', async (_, state, run) => {
    const { agent } = setUp([]);
    expect(await agent(state, run)).toEqual({ visits: { diagnostics: 1 } });
    expect(run.events).toMatchObject([
      { channel: 'custom', name: 'progress', payload: { text: 'Nothing to look at' } },
    ]);
  });

  it('reads the log of an attachment, also where network tools are not wanted', async () => {
    const text = 'java.net.ConnectException: Connection refused\n\tat com.larkfield.Db.open(Db.java:7)';
    const attachments = [{ name: 'app.log', mediaType: 'text/plain', text }];
    const { agent, rendered } = setUp([weighs('application error', 0.2)]);
    const patch = await agent(
      stateOf('see the log', { attachments }),
      runOf({ options: { depth: 'answer' } }),
    );
    expect(rendered[0]).toMatchObject({ targets: [], logs: text });
    expect(patch.observations).toMatchObject([
      {
        summary:
          'The log shows one error: “java.net.ConnectException: Connection refused” in com.larkfield.Db.open.',
        facts: { errors: '1', themes: 'connection refused' },
      },
      { tool: 'diagnosis', target: 'log' },
    ]);
    expect(patch.hypotheses).toMatchObject([
      { cause: 'another system not reachable', supportedBy: ['ev_o1'] },
      { cause: 'application error', supportedBy: ['ev_o1'] },
    ]);
  });

  it('tells the model once what was wrong with a call, and gives up after the second time', async () => {
    const wrong = [
      call('tls_inspect', { host: HOST, port: 'x' }),
      call('shell', { command: 'id' }),
      call('log_analyze', {}),
    ];
    const { agent, models, asked } = setUp([asks(...wrong), asks(...wrong)]);
    const run = runOf();
    expect(await agent(stateOf(QUESTION), run)).toEqual({ visits: { diagnostics: 1 } });
    models.done();
    expect(asked).toEqual([]);
    expect(models.calls[1]?.messages.slice(2)).toMatchObject([
      { text: expect.stringMatching(/^error TOOL_INPUT_INVALID: .*port/s) },
      { text: expect.stringMatching(/^error TOOL_UNKNOWN/) },
      { text: expect.stringMatching(/^error TOOL_UNKNOWN/) },
    ]);
    expect(toolEvents(run).map(({ event }) => event)).toEqual(new Array(6).fill('tool-error'));
  });

  it.each<[ErrorCode, boolean]>([
    ['TARGET_UNTRUSTED', false],
    ['TARGET_INVALID', false],
    ['TOOLS_OFF', false],
    ['RATE_LIMITED', false],
    ['TARGET_DENIED', true],
    ['CONNECT_REFUSED', true],
    ['NAME_NOT_FOUND', true],
    ['TOOL_FAILED', true],
  ])('takes %s for a finding: %s', async (code, finding) => {
    const { agent } = setUp([asks(TLS), ENOUGH, ...(finding ? [weighs()] : [])], network({ tls: code }));
    const run = runOf();
    const patch = await agent(stateOf(QUESTION), run);
    const [seen] = patch.observations ?? [];
    if (finding) expect(seen).toMatchObject({ ok: false, code });
    else expect(seen).toBeUndefined();
    const refused = code.startsWith('TARGET_') || !finding;
    expect(toolEvents(run).at(-1)).toMatchObject({ event: refused ? 'tool-error' : 'tool-finished' });
  });

  it('asks the same once, no more than 8 at a time, and no more than the run allows', async () => {
    const many = Array.from({ length: 12 }, (_, at) => call('tls_inspect', { host: HOST, port: 8_000 + at }));
    const twice = setUp([asks(TLS, TLS), asks(TLS), ENOUGH, weighs()]);
    await twice.agent(stateOf(QUESTION), runOf());
    expect(twice.asked).toHaveLength(1);
    const eight = setUp([asks(...many), ENOUGH, weighs()]);
    await eight.agent(stateOf(QUESTION), runOf());
    expect(eight.asked).toHaveLength(8);
    const three = setUp([asks(...many), ENOUGH, weighs()]);
    await three.agent(stateOf(QUESTION), runOf({ limits: { ...testRun().limits, toolCalls: 3 } }));
    expect(three.asked).toHaveLength(3);
  });

  it('follows the runbook that the question shows, without asking the model what to look at', async () => {
    const { agent, models, asked } = setUp([weighs()]);
    const run = runOf();
    const patch = await agent(stateOf(`${HOST} says that its certificate has expired`), run);
    models.done();
    expect(asked).toEqual([`tls ${HOST}:443`]);
    const decided = { observation: 'ev_o1', runbook: 'certificate problem', step: 'inspect the certificate' };
    expect(patch.hypotheses?.[0]).toMatchObject({ cause: 'server certificate expired', decidedBy: decided });
    expect(patch.observations?.[1]?.facts).toMatchObject({ step: 'inspect the certificate' });
    const told = run.events.flatMap((event) =>
      event.channel === 'custom' && event.name === 'progress' ? [event.payload.text] : [],
    );
    expect(told).toContain(`Following the runbook “certificate problem” for ${HOST}`);
    expect(told).toContain('The step “inspect the certificate” decided: server certificate expired');
  });

  it('follows the runbook that the model chooses, and teaches it how to choose', async () => {
    const follow = (args: Record<string, unknown>) => asks(call('runbook_follow', args));
    const { agent, models, asked } = setUp([
      follow({ runbook: 'magic', host: HOST }),
      follow({ runbook: 'certificate problem', host: HOST }),
      ENOUGH,
      weighs(),
    ]);
    const patch = await agent(stateOf(QUESTION), runOf());
    models.done();
    expect(asked).toEqual([`tls ${HOST}:443`]);
    expect(models.calls[1]?.messages.at(-1)?.text).toMatch(/^error TOOL_/);
    expect(models.calls[2]?.messages.at(-2)).toMatchObject({ toolCalls: [{ name: 'tls_inspect' }] });
    expect(patch.hypotheses?.[0]?.decidedBy?.runbook).toBe('certificate problem');
  });

  it('stops a runbook at a refusal', async () => {
    const { agent, asked } = setUp([ENOUGH], network({ tls: 'RATE_LIMITED' }));
    const patch = await agent(stateOf(`${HOST} says that its certificate has expired`), runOf());
    expect(asked).toEqual([`tls ${HOST}:443`]);
    expect(patch).toEqual({ visits: { diagnostics: 1 } });
  });

  it('ends after three turns of tools', async () => {
    const turns = [1, 2, 3].map((port) => asks(call('tls_inspect', { host: HOST, port })));
    const { agent, models, asked } = setUp([...turns, weighs()]);
    await agent(stateOf(QUESTION), runOf());
    models.done();
    expect(asked).toHaveLength(3);
  });

  it('goes on where an earlier visit ended, with the hosts in doubt first', async () => {
    const before = setUp([asks(TLS), ENOUGH, weighs()]);
    const first = await before.agent(stateOf(QUESTION), runOf());
    const state = stateOf(QUESTION, {
      observations: [...(first.observations ?? [])],
      evidence: [...(first.evidence ?? [])],
      tried: [...(first.tried ?? [])],
      visits: { diagnostics: 1 },
      assignment: { to: 'diagnostics', queries: ['evil.example', 'www.larkfield.example'], reasons: [] },
    });
    const again = setUp([
      asks(TLS, call('dns_lookup', { name: 'www.larkfield.example', type: 'A' })),
      ENOUGH,
      weighs(),
    ]);
    const targets = targetsOf(HOST, 'www.larkfield.example');
    const patch = await again.agent(state, runOf({ targets }));
    expect(again.rendered[0]?.targets).toEqual(['www.larkfield.example', HOST]);
    expect(again.asked).toEqual(['dns www.larkfield.example A']);
    expect(patch.observations?.map(({ id }) => id)).toEqual(['ev_o3']);
    expect(patch.visits).toEqual({ diagnostics: 2 });
  });

  it('sees after a crash what it saw before, without looking again', async () => {
    const effects = memoryEffects();
    const script = [asks(TLS), ENOUGH, weighs()];
    const first = setUp(script);
    const before = await first.agent(stateOf(QUESTION), runOf({ effects }));
    const second = setUp(script, network({ tls: 'CONNECT_REFUSED' }));
    expect(await second.agent(stateOf(QUESTION), runOf({ effects }))).toEqual(before);
    expect(second.asked).toEqual([]);
    expect(effects.keys).toMatchObject([{ kind: 'tool', agent: 'diagnostics', visit: 0 }]);
  });

  it('ends with the reason of a cancelled run and keeps no finding of it', async () => {
    const abort = new AbortController();
    const reason = fault('RUN_CANCELLED');
    const net = network();
    const cancelled: Network = {
      ...net.port,
      inspectTls() {
        abort.abort(reason);
        return Promise.reject(reason);
      },
    };
    const { agent } = setUp([asks(TLS)], { ...net, port: cancelled });
    await expect(agent(stateOf(QUESTION), runOf({ signal: abort.signal }))).rejects.toBe(reason);
  });

  it('fails loudly where a tool breaks', async () => {
    const broken: Network = { ...network().port, inspectTls: () => Promise.reject(new TypeError('bug')) };
    const { agent } = setUp([asks(TLS)], { port: broken, asked: [] });
    await expect(agent(stateOf(QUESTION), runOf())).rejects.toThrow('bug');
  });
});
