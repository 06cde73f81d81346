import { describe, expect, it } from '@jest/globals';
import { AIMessageChunk, HumanMessage, SystemMessage } from '@langchain/core/messages';
import fc from 'fast-check';
import { z } from 'zod';
import { criticOutput } from '../../../../agents/critic/critic.output.js';
import { diagnosticsOutput } from '../../../../agents/diagnostics/diagnostics.output.js';
import { resolverOutput } from '../../../../agents/resolver/resolver.output.js';
import { retrieverOutput } from '../../../../agents/retriever/retriever.output.js';
import { triageOutput } from '../../../../agents/triage/triage.output.js';
import { ExtractiveChatModel, OFFLINE_MODEL } from './extractive.model.js';

const model = new ExtractiveChatModel();
const schemas = { triageOutput, retrieverOutput, resolverOutput, criticOutput, diagnosticsOutput };
const outputSchema = (schema: z.ZodType) => ({
  name: 'reply',
  schema: z.toJSONSchema(schema, { io: 'input' }),
});

const FRAME = new SystemMessage(
  'Sort it.\n\nKinds:\n- fruit/apple: apples, cider and apple pie\n- fruit/pear: pears and perry\n\nReach:\n- 1: the whole company\n- 2: one team\n- 3: one person\n\nHaste:\n- 1: work has stopped\n- 2: it can wait',
);
const ASKED = new HumanMessage(
  '<claim id="c1">Apples keep longer in the cellar.</claim>\n<passage id="p1" title="Apples rot">\nApples usually rot because they lie too warm.\n\n1. Take the apples to the cellar.\n2. Keep the apples apart.\n</passage>\n<message>\nMy apples rot at home, everybody in the company has cider to make, please help\n</message>',
);

describe('ExtractiveChatModel', () => {
  it('says what it is', () => {
    expect(model._llmType()).toBe(OFFLINE_MODEL);
    expect(model.model).toBe('offline:extractive');
  });

  it.each(Object.entries(schemas))('fills %s', async (_, schema) => {
    const reply = await model.invoke([FRAME, ASKED], { outputSchema: outputSchema(schema) });
    expect(schema.safeParse(JSON.parse(reply.text)).success).toBe(true);
    expect(reply.response_metadata).toMatchObject({ model_name: OFFLINE_MODEL, usageEstimated: true });
    expect(reply).toMatchObject({ usage_metadata: { output_tokens: expect.any(Number) } });
  });

  it('fills every schema from any text', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ maxLength: 200, unit: 'grapheme' }),
        fc.constantFrom(...Object.values(schemas)),
        async (text, schema) => {
          const reply = await model.invoke([FRAME, new HumanMessage(text)], {
            outputSchema: outputSchema(schema),
          });
          expect(schema.safeParse(JSON.parse(reply.text)).success).toBe(true);
        },
      ),
    );
  });

  it('classifies, and abstains where nothing fits', async () => {
    const triage = async (text: string) => {
      const reply = await model.invoke([FRAME, new HumanMessage(text)], {
        outputSchema: outputSchema(triageOutput),
      });
      return triageOutput.parse(JSON.parse(reply.text));
    };
    expect(await triage('Who makes cider in our team? Work has stopped.')).toMatchObject({
      category: 'fruit/apple',
      impact: 2,
      urgency: 1,
      language: 'en',
    });
    expect((await triage('The bicycle has a flat tyre')).category).toBeNull();
  });

  it('streams JSON element by element, the same as it invokes', async () => {
    const options = { outputSchema: outputSchema(resolverOutput) };
    const pieces: string[] = [];
    let whole: AIMessageChunk | undefined;
    for await (const chunk of await model.stream([FRAME, ASKED], options)) {
      pieces.push(chunk.text);
      whole = whole ? whole.concat(chunk) : chunk;
    }
    const { text } = await model.invoke([FRAME, ASKED], options);
    expect(pieces.join('')).toBe(text);
    expect(pieces.filter(Boolean).length).toBeGreaterThan(
      resolverOutput.parse(JSON.parse(text)).claims.length,
    );
    expect(whole).toMatchObject({ usage_metadata: { input_tokens: expect.any(Number) } });
  });

  it('answers in prose with source ids where no schema is asked for', async () => {
    expect(
      (
        await model.invoke([
          new HumanMessage(
            ASKED.text
              .replace(/<claim.*claim>/, '')
              .replace('everybody in the company has cider to make, ', ''),
          ),
        ])
      ).text,
    ).toContain('Apples usually rot because they lie too warm. [p1]');
  });

  const lookup = {
    type: 'function' as const,
    function: {
      name: 'dns.lookup',
      description: 'Looks up a host name that cannot be found.',
      parameters: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string', description: 'the host name' } },
      },
    },
  };

  it('calls a bound tool natively, streamed too, and replies where none fits', async () => {
    const bound = model.bindTools([lookup], { outputSchema: outputSchema(diagnosticsOutput) });
    const broken = [new HumanMessage('shop.example.org cannot be found')];
    const called = await bound.invoke(broken);
    expect(called.tool_calls).toEqual([
      expect.objectContaining({ name: 'dns.lookup', args: { name: 'shop.example.org' } }),
    ]);
    let whole: AIMessageChunk | undefined;
    for await (const chunk of await bound.stream(broken)) whole = whole ? whole.concat(chunk) : chunk;
    expect(whole?.tool_calls).toEqual(called.tool_calls);
    const replied = await bound.invoke([new HumanMessage('the lamp is dark')]);
    expect(replied.tool_calls).toEqual([]);
    expect(diagnosticsOutput.safeParse(JSON.parse(replied.text)).success).toBe(true);
  });

  it('serves withStructuredOutput', async () => {
    const sorted: unknown = await model.withStructuredOutput(retrieverOutput).invoke([FRAME, ASKED]);
    expect(retrieverOutput.safeParse(sorted).success).toBe(true);
  });

  it('stops at an aborted signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(model.invoke([ASKED], { signal })).rejects.toThrow();
  });
});
