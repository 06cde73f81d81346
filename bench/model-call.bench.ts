import { Secret } from '../src/config/secret.js';
import { openAIClient } from '../src/engine/models/openai.js';
import { createCollector } from '../src/engine/models/reply.js';
import { createResilience } from '../src/engine/models/resilience.js';
import { BenchProcess } from './bench-process.js';

const CALLS = 150;
const ROUNDS = 5;
const TIMEOUTS = { firstByteMs: 20_000, idleMs: 20_000, totalMs: 60_000 };

/** The least that one could do: fetch, split at blank lines, parse, join. */
async function plainCall(url: string): Promise<number> {
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
  });
  const decoder = new TextDecoder();
  let rest = '';
  let text = '';
  for await (const chunk of response.body ?? []) {
    const frames = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
    rest = frames.pop() ?? '';
    for (const data of frames)
      if (data !== 'data: [DONE]') text += JSON.parse(data.slice(6)).choices[0].delta.content ?? '';
  }
  return text.length;
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** CPU of a streamed call through port and retry owner against a plain fetch with an SSE parser, A B A B in one process. */
export async function benchModelCall(): Promise<readonly string[]> {
  const provider = await BenchProcess.start(new URL('./model-provider.process.js', import.meta.url));
  const url = `http://127.0.0.1:${provider.port}/v1`;
  const client = openAIClient({
    ...{ spec: 'openai:m', model: 'm', baseUrl: url, key: new Secret('k'), isCompatible: false },
  });
  const send = createResilience(TIMEOUTS);
  const ourCall = async () => {
    const collector = createCollector();
    await send({
      client,
      request: { messages: [{ role: 'user', text: 'Hi' }], tools: [], stream: true },
      signal: new AbortController().signal,
      deadline: Number.MAX_SAFE_INTEGER,
      attempts: { left: 1 },
      check: () => undefined,
      onSend: () => undefined,
      onPart: (part) => collector.add(part),
      onSpent: () => undefined,
      isVisible: () => false,
      isSettled: () => false,
    });
    return collector.written();
  };
  const cpuOf = async (call: () => Promise<number>) => {
    const before = process.cpuUsage();
    for (let made = 0; made < CALLS; made += 1) await call();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000 / CALLS;
  };
  const rounds: { plain: number; ours: number }[] = [];
  await cpuOf(() => plainCall(url));
  await cpuOf(ourCall);
  for (let round = 0; round < ROUNDS; round += 1)
    rounds.push({
      plain: await cpuOf(() => plainCall(url)),
      ours: await cpuOf(ourCall),
    });
  await provider.process.stop();
  const ratios = rounds.map(({ plain, ours }) => ours / plain);
  return [
    `plain fetch and SSE parser         ${median(rounds.map(({ plain }) => plain)).toFixed(2)} ms CPU a call of 200 tokens`,
    `streamed call through the port     ${median(rounds.map(({ ours }) => ours)).toFixed(2)} ms CPU a call`,
    `ratio (goal at most 2.5)           ${median(ratios).toFixed(2)} [${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}]`,
  ];
}
