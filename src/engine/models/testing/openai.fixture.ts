import { Secret } from '../../../config/secret.js';
import { openAIClient } from '../openai.js';
import { type Dialect, type Said, USAGE } from './dialect.fixture.js';

export const CANARY = 'sk-canary-0123456789abcdef';

const FINISHES = {
  ...{ stop: 'stop', tools: 'tool_calls', length: 'length', filter: 'content_filter', refusal: 'stop' },
  ...{ guardrail: 'content_filter', context: 'length', unknown: 'gave_up' },
} as const;

const event = (data: unknown) => Buffer.from(`data: ${JSON.stringify(data)}\n\n`);
const frame = (delta: object, finish_reason: string | null = null) =>
  event({ id: 'c1', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] });

const endOf = ({ end, calls }: Said) => (end === undefined ? (calls ? 'tools' : 'stop') : end);
const usageOf = ({ usage = USAGE }: Said) =>
  usage && { prompt_tokens: usage.input, completion_tokens: usage.output, total_tokens: 0 };

function frames(said: Said): Uint8Array[] {
  const end = endOf(said);
  const usage = usageOf(said);
  return [
    frame({ role: 'assistant', content: '' }),
    ...[...(said.text ?? []), ...(said.output ?? [])].map((content) => frame({ content })),
    ...(said.calls ?? []).flatMap(({ id, name, args }, index) =>
      args.map((piece, place) =>
        frame({
          tool_calls: [
            place === 0
              ? { index, id, type: 'function', function: { name, arguments: piece } }
              : { index, function: { arguments: piece } },
          ],
        }),
      ),
    ),
    ...(end === 'refusal' ? [frame({ refusal: 'I cannot help with that.' })] : []),
    ...(end ? [frame({}, FINISHES[end])] : []),
    ...(end && usage ? [event({ id: 'c1', choices: [], usage })] : []),
    ...(end ? [Buffer.from('data: [DONE]\n\n')] : []),
  ];
}

function whole(said: Said): string {
  const end = endOf(said);
  const usage = usageOf(said);
  const content = [...(said.text ?? []), ...(said.output ?? [])].join('');
  const message = {
    role: 'assistant',
    content: content === '' ? null : content,
    ...(end === 'refusal' && { refusal: 'I cannot help with that.' }),
    ...(said.calls && {
      tool_calls: said.calls.map(({ id, name, args }) => ({
        ...{ id, type: 'function', function: { name, arguments: args.join('') } },
      })),
    }),
  };
  return JSON.stringify({
    id: 'c1',
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: end && FINISHES[end] }],
    ...(usage && { usage }),
  });
}

const problem = (name: string, message = 'scripted') => ({
  error: { message: `${message} ${CANARY}`, type: name, code: name },
});

export const openAIDialect: Dialect = {
  name: 'openai',
  client: (url) =>
    openAIClient({
      ...{ spec: 'openai:gpt-4o-mini', model: 'gpt-4o-mini', baseUrl: `${url}/v1` },
      key: new Secret(CANARY),
      isCompatible: false,
    }),
  streamType: 'text/event-stream',
  ...{ frames, whole },
  refusal: (name, message) => ({ headers: {}, body: JSON.stringify(problem(name, message)) }),
  errorFrame: (name) => event(problem(name)),
};
