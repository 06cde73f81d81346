import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import {
  ERROR_CATALOGUE,
  type Evidence,
  type Principal,
  type Taxonomy,
} from '../../../../agents/contracts/index.js';
import { faultOfClaim } from '../../../../agents/critic/evidence-check.js';
import { testRun } from '../../../../agents/testing/run-context.js';
import { configSchema } from '../../../config/config.schema.js';
import { processEnvironment } from '../../../config/environment.js';
import { packageRoot } from '../../../config/package-root.js';
import { createRuntime, type Runtime } from '../../runtime.js';
import { createChatModels } from '../chat-models.js';
import type { ProviderClient } from '../provider.js';
import { clientOf } from '../providers.js';
import { createMeter } from '../usage.js';

/** A small model on a busy machine is slow; how slow says nothing here. */
const PATIENCE_MS = 900_000;
const TIMEOUTS = { firstByteMs: PATIENCE_MS, idleMs: PATIENCE_MS, totalMs: PATIENCE_MS };
const BUDGET = { usdPerRun: 1, tokensPerRun: 100_000, callsPerRun: 20 };
const ANNA: Principal = { id: 'anna', tenant: 'default', groups: [], role: 'operator' };
const QUESTION = 'How do I renew the certificate of the VPN?';
const ARTICLE = {
  id: 'vpn-certificate',
  title: 'Renew the certificate of the VPN',
  body: '# Renew the certificate of the VPN\n\nOpen the portal and choose "Renew". The new certificate is valid for 90 days. Restart the client afterwards.',
};
const TAXONOMY: Taxonomy = {
  categories: [
    { value: 'network/vpn', description: 'VPN', queue: 'network' },
    { value: 'hardware/printer', description: 'Printers', queue: 'hardware' },
  ],
  queues: [
    { value: 'network', description: 'Network team' },
    { value: 'hardware', description: 'Hardware team' },
  ],
  impact: [{ level: 1, description: 'one person' }],
  urgency: [{ level: 1, description: 'can wait' }],
  priority: [['P3']],
};
const schema = z.object({ claims: z.array(z.object({ team: z.enum(['network', 'hardware']) })).max(2) });

/**
 * What holds for a real model however weak it is: its bytes go through, its JSON fits, a cancelled reply ends, use is
 * reported, runs end in a typed state, and what it makes up is not passed on.
 * @param variable names the model; where it is not set the tests are skipped and say so
 */
export function realModelConformance(variable: string, specOf: (value: string) => string): void {
  const value = processEnvironment()[variable];
  if (!value) {
    describe.skip(`a real model (skipped: ${variable} names none, see docs/models.md)`, () => {
      it('answers', () => undefined);
    });
    return;
  }
  const spec = specOf(value);

  describe(`the real model ${spec}`, () => {
    let dir: string;
    let runtime: Runtime;
    let client: ProviderClient;
    beforeAll(async () => {
      dir = await mkdtemp(join(tmpdir(), 'triagent-real-'));
      const settings = configSchema.parse({
        data: { dir },
        samples: false,
        taxonomy: TAXONOMY,
        models: { default: spec, timeouts: TIMEOUTS, budget: BUDGET },
        limits: { deadlineMs: PATIENCE_MS, revisions: 0 },
        tools: { network: 'off' },
      });
      const prompts = { dir: join(packageRoot(), 'prompts') };
      const config = { ...settings, prompts, providers: { openai: {}, openaiCompatible: {}, bedrock: {} } };
      client = await clientOf(spec, config);
      runtime = await createRuntime({ config: { ...config, unusedKeys: [] } });
      await runtime.knowledge.add([ARTICLE], {}, ANNA);
    }, PATIENCE_MS);
    afterAll(async () => {
      await runtime.close({ drainMs: 0 });
      await rm(dir, { recursive: true, force: true });
    });

    it(
      'answers in the asked form, and shows each element',
      async () => {
        const models = createChatModels({
          ...{ timeouts: TIMEOUTS, budget: BUDGET },
          modelFor: async () => client,
          fallbacksFor: async () => [],
        });
        const run = Object.assign(testRun(), { meter: createMeter() });
        const shown: unknown[] = [];
        const reply = await models.call(
          {
            ...{ agent: 'resolver' as const, visit: 0 },
            messages: [
              { role: 'system', text: 'Name the team that helps, once.' },
              { role: 'user', text: QUESTION },
            ],
            output: { name: 'teams', schema },
            onElement: { key: 'claims', handle: (element) => shown.push(element) },
          },
          run,
        );
        expect(reply.output).toEqual({ claims: shown });
        const usage = run.meter.total();
        expect(usage.costUsd).toBe(0);
        expect(usage.inputTokens).toBeGreaterThan(10);
        expect(usage.outputTokens).toBeGreaterThan(1);
      },
      PATIENCE_MS,
    );

    it(
      'reports what it used, if only with a whole reply',
      async () => {
        const reported: unknown[] = [];
        const { signal } = new AbortController();
        const messages = [{ role: 'user' as const, text: 'Say yes.' }];
        const request = { messages, sampling: { maxTokens: 40 }, tools: [], stream: false, signal };
        for await (const part of client.reply({ ...request, onBytes: () => undefined }))
          if (part.type === 'usage') reported.push(part);
        expect(reported).toEqual([
          { type: 'usage', inputTokens: expect.any(Number), outputTokens: expect.any(Number) },
        ]);
      },
      PATIENCE_MS,
    );

    it(
      'stops writing when it is cancelled, and is free for the next',
      async () => {
        const stop = new AbortController();
        let bytes = 0;
        const ask = (text: string, signal: AbortSignal) =>
          client.reply({
            messages: [{ role: 'user', text }],
            sampling: { maxTokens: 900 },
            ...{ tools: [], stream: true, signal },
            onBytes: () => {
              bytes += 1;
            },
          });
        const written = async () => {
          for await (const part of ask('Write a long story about a router.', stop.signal))
            if (part.type === 'text' && bytes > 5) stop.abort(new Error('enough'));
        };
        await written().catch((error: unknown) => {
          if (!stop.signal.aborted) throw error;
        });
        const atEnd = bytes;
        const next = ask('Say yes.', new AbortController().signal)[Symbol.asyncIterator]();
        const first = await next.next();
        await next.return?.();
        expect(first.done).toBe(false);
        // A whole reply would be hundreds of pieces.
        expect(atEnd).toBeLessThan(60);
      },
      PATIENCE_MS,
    );

    it(
      'brings a ticket to a typed end, and nothing that its evidence does not hold',
      async () => {
        const ticket = { subject: 'VPN', body: QUESTION };
        const { id } = await runtime.triage.start({ ticket, options: { depth: 'answer' } }, ANNA);
        const { result } = await runtime.triage.join(id, ANNA);
        expect(['completed', 'handed_off', 'failed']).toContain(result?.status);
        if (result?.status === 'failed') expect(Object.keys(ERROR_CATALOGUE)).toContain(result.error?.code);
        expect(result?.usage.inputTokens).toBeGreaterThan(0);
        expect(unfounded(result?.answer?.claims ?? [], result?.evidence ?? [])).toEqual([]);
      },
      PATIENCE_MS,
    );

    it(
      'brings a chat to a typed end, and nothing that its evidence does not hold',
      async () => {
        const request = { messages: [{ id: 'm', type: 'human' as const, content: QUESTION }] };
        const { runId, threadId } = await runtime.runs.start({ request }, ANNA);
        const record = await runtime.runs.join(runId, ANNA);
        expect(['completed', 'handed_off', 'failed']).toContain(record.outcome);
        if (record.outcome === 'failed') expect(Object.keys(ERROR_CATALOGUE)).toContain(record.error?.code);
        const { values } = await runtime.threads.state(threadId, ANNA);
        const { answer, evidence } = publicValues.parse(values);
        expect(unfounded(answer?.claims ?? [], evidence)).toEqual([]);
      },
      PATIENCE_MS,
    );
  });
}

const publicValues = z.object({
  answer: z
    .object({ claims: z.array(z.object({ text: z.string(), evidence: z.array(z.string()) })) })
    .nullish(),
  evidence: z.array(z.custom<Evidence>()).default([]),
});

/** Claims that say what their evidence does not, judged by the check alone. */
function unfounded(
  claims: readonly { readonly text: string; readonly evidence: readonly string[] }[],
  evidence: readonly Evidence[],
) {
  const byId = new Map(evidence.map((item) => [item.id, item]));
  return claims.filter(({ text, evidence: cited }) => faultOfClaim({ text, evidence: [...cited] }, byId));
}
