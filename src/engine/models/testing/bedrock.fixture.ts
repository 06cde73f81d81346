import { crc32 } from 'node:zlib';
import { Secret } from '../../../config/secret.js';
import { bedrockClient } from '../bedrock.js';
import { type Dialect, type Said, USAGE } from './dialect.fixture.js';
import { CANARY } from './openai.fixture.js';

const STOPS = {
  ...{
    stop: 'end_turn',
    tools: 'tool_use',
    length: 'max_tokens',
    filter: 'content_filtered',
    refusal: 'refusal',
  },
  ...{ guardrail: 'guardrail_intervened', context: 'model_context_window_exceeded', unknown: 'gave_up' },
} as const;

const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
};

/** One header of type 7, a string. */
function header(name: string, value: string): Buffer {
  const size = Buffer.alloc(2);
  size.writeUInt16BE(Buffer.byteLength(value));
  return Buffer.concat([
    Buffer.from([name.length]),
    Buffer.from(name),
    Buffer.from([7]),
    size,
    Buffer.from(value),
  ]);
}

/** One message of `application/vnd.amazon.eventstream`: lengths, their CRC, headers, payload, CRC of it all. */
function message(headers: Readonly<Record<string, string>>, payload: unknown): Buffer {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value)));
  const body = Buffer.from(JSON.stringify(payload));
  const lengths = Buffer.concat([u32(16 + head.length + body.length), u32(head.length)]);
  const all = Buffer.concat([lengths, u32(crc32(lengths)), head, body]);
  return Buffer.concat([all, u32(crc32(all))]);
}

const event = (type: string, payload: unknown) =>
  message({ ':message-type': 'event', ':event-type': type, ':content-type': 'application/json' }, payload);

/** The reply's tool is a call like any other here. */
const callsOf = ({ calls = [], output }: Said) => [
  ...calls,
  ...(output ? [{ id: 'reply', name: 'answer', args: output }] : []),
];
const endOf = (said: Said) =>
  said.end === undefined ? (callsOf(said).length > 0 ? 'tools' : 'stop') : said.end;
const usageOf = ({ usage = USAGE }: Said) =>
  usage && { inputTokens: usage.input, outputTokens: usage.output, totalTokens: 0 };

function frames(said: Said): Uint8Array[] {
  const end = endOf(said);
  const usage = usageOf(said);
  return [
    event('messageStart', { role: 'assistant' }),
    ...(said.text ?? []).map((text) => event('contentBlockDelta', { contentBlockIndex: 0, delta: { text } })),
    ...callsOf(said).flatMap(({ id, name, args }, place) => [
      event('contentBlockStart', {
        contentBlockIndex: place + 1,
        start: { toolUse: { toolUseId: id, name } },
      }),
      ...args.map((input) =>
        event('contentBlockDelta', { contentBlockIndex: place + 1, delta: { toolUse: { input } } }),
      ),
      event('contentBlockStop', { contentBlockIndex: place + 1 }),
    ]),
    ...(end ? [event('messageStop', { stopReason: STOPS[end] })] : []),
    ...(end && usage ? [event('metadata', { usage, metrics: { latencyMs: 1 } })] : []),
  ];
}

/** Arguments stand in the body as JSON, so that broken ones break the whole of it. */
function whole(said: Said): string {
  const end = endOf(said);
  const usage = usageOf(said);
  const texts = said.text ? [JSON.stringify({ text: said.text.join('') })] : [];
  const calls = callsOf(said).map(
    ({ id, name, args }) =>
      `{"toolUse":{"toolUseId":${JSON.stringify(id ?? null)},"name":${JSON.stringify(name ?? null)},"input":${args.join('')}}}`,
  );
  return `{"output":{"message":{"role":"assistant","content":[${[...texts, ...calls].join(',')}]}},"stopReason":${JSON.stringify(end && STOPS[end])},"usage":${JSON.stringify(usage)}}`;
}

const bearing = (name: string) => ({ message: `scripted ${CANARY}`, __type: name });

export const bedrockDialect: Dialect = {
  name: 'bedrock',
  client: (url) =>
    bedrockClient(
      'anthropic.claude-3-haiku-20240307-v1:0',
      'bedrock:anthropic.claude-3-haiku-20240307-v1:0',
      {
        ...{ endpoint: url, region: 'us-east-1' },
        ...{ accessKeyId: new Secret('AKIDEXAMPLE'), secretAccessKey: new Secret(CANARY) },
      },
    ),
  streamType: 'application/vnd.amazon.eventstream',
  ...{ frames, whole },
  refusal: (name, told = 'scripted') => ({
    headers: { 'x-amzn-errortype': name },
    body: JSON.stringify({ ...bearing(name), message: `${told} ${CANARY}` }),
  }),
  errorFrame: (name) =>
    message(
      {
        ':message-type': 'exception',
        ':exception-type': `${name[0]?.toLowerCase()}${name.slice(1)}`,
        ':content-type': 'application/json',
      },
      bearing(name),
    ),
};
