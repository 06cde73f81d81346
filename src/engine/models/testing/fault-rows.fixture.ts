import { gzipSync } from 'node:zlib';
import { CALL_ROWS } from './call-rows.fixture.js';
import { breakOff, say } from './dialect.fixture.js';
import { answer } from './fake-provider.fixture.js';
import { failed, HOST, look, type Row, recovered, whole } from './fault-row.fixture.js';
import {
  always,
  bytes,
  CLAIMS,
  endless,
  errorInStream,
  GOOD,
  headersOnly,
  html,
  json,
  named,
  silent,
  status,
  thenGood,
} from './fault-scripts.fixture.js';

/** At least the rows 21 to 38 of the fault catalogue, for both providers. */
export const ROWS: readonly Row[] = [
  { name: 'a whole reply', scripts: always((d) => say(d, GOOD)), outcome: whole },
  {
    name: 'no usage',
    scripts: always((d) => say(d, { ...GOOD, usage: null })),
    outcome: { ...whole, estimated: true },
  },
  ...[
    ['negative', -5],
    ['beyond the context', 90_000_000],
    ['a fraction', 1.5],
    ['zero', 0],
  ].map(
    ([name, input]): Row => ({
      name: `usage that cannot be: ${name}`,
      scripts: always((d) => say(d, { ...GOOD, usage: { input, output: 3 } })),
      outcome: { ...whole, estimated: true },
    }),
  ),

  {
    name: '429 with Retry-After 0',
    scripts: thenGood(status(429, 'rate_limit', { 'retry-after': '0' })),
    outcome: recovered,
  },
  {
    name: '429 with Retry-After beyond the deadline',
    scripts: always(status(429, 'rate_limit', { 'retry-after': '3600' })),
    outcome: failed('MODEL_OVERLOADED', 1, { retryAfterSeconds: 3_600 }),
  },
  {
    name: '429 with a date beyond the deadline',
    scripts: always(status(429, 'rate_limit', { 'retry-after': 'Fri, 31 Dec 2100 23:59:59 GMT' })),
    outcome: failed('MODEL_OVERLOADED', 1),
  },
  ...['soon', '-5', '', '1e9'].map(
    (wait): Row => ({
      name: `429 with Retry-After “${wait}”`,
      scripts: thenGood(status(429, 'rate_limit', { 'retry-after': wait })),
      outcome: recovered,
    }),
  ),
  {
    name: '429 for ever',
    scripts: always(status(429, 'rate_limit')),
    outcome: failed('MODEL_OVERLOADED', 3),
  },
  {
    name: 'quota used up',
    scripts: always(named(429, 'insufficient_quota', 'ServiceQuotaExceededException')),
    outcome: failed('MODEL_QUOTA', 1),
  },
  {
    name: '401',
    scripts: always(named(401, 'invalid_api_key', 'UnrecognizedClientException')),
    outcome: failed('MODEL_CREDENTIALS', 1),
  },
  {
    name: '403',
    scripts: always(named(403, 'forbidden', 'AccessDeniedException')),
    outcome: failed('MODEL_CREDENTIALS', 1),
  },
  {
    name: '404',
    scripts: always(named(404, 'model_not_found', 'ResourceNotFoundException')),
    outcome: failed('MODEL_NOT_FOUND', 1),
  },
  {
    name: '400',
    ask: 'tools',
    scripts: always(named(400, 'invalid', 'ValidationException')),
    outcome: failed('MODEL_REQUEST_INVALID', 1),
  },
  {
    name: '418',
    ask: 'tools',
    scripts: always(status(418, 'teapot')),
    outcome: failed('MODEL_REQUEST_INVALID', 1),
  },
  {
    name: 'a prompt that is too long',
    scripts: always(
      named(400, 'context_length_exceeded', 'ValidationException', 'Input is too long for requested model.'),
    ),
    outcome: failed('MODEL_CONTEXT_OVERFLOW', 1),
  },
  {
    name: 'a prompt that a filter stops',
    only: 'openai',
    scripts: always(status(400, 'content_filter')),
    outcome: failed('MODEL_CONTENT_FILTERED', 1),
  },
  ...[408, 409, 429, 500, 502, 503, 504, 529].map(
    (code): Row => ({
      name: `${code}, then a reply`,
      scripts: thenGood(status(code, 'scripted')),
      outcome: recovered,
    }),
  ),
  { name: '500 for ever', scripts: always(status(500, 'scripted')), outcome: failed('MODEL_FAILED', 3) },
  { name: '503 for ever', scripts: always(status(503, 'scripted')), outcome: failed('MODEL_OVERLOADED', 3) },
  ...[301, 302, 307, 308].map(
    (code): Row => ({
      name: `a redirect (${code})`,
      ask: 'tools',
      scripts: always(() => answer(code, { location: '/elsewhere' })),
      outcome: failed('MODEL_REQUEST_INVALID', 1),
    }),
  ),

  {
    name: 'a reset before any byte',
    scripts: thenGood(
      () =>
        ({ socket }) =>
          void socket.resetAndDestroy(),
    ),
    outcome: recovered,
  },
  { name: 'no byte at all', late: true, scripts: always(() => silent), outcome: failed('MODEL_TIMEOUT', 3) },
  {
    name: 'headers and no byte',
    late: true,
    scripts: always(headersOnly),
    outcome: failed('MODEL_TIMEOUT', 3),
  },
  { name: 'no byte, then a reply', late: true, scripts: thenGood(() => silent), outcome: recovered },
  ...(
    [
      ['a stall', 'stall', 'MODEL_TIMEOUT'],
      ['a clean end without a marker', 'finish', 'MODEL_STREAM_TRUNCATED'],
      ['a closed connection', 'end', 'MODEL_STREAM_TRUNCATED'],
      ['a reset', 'reset', 'MODEL_STREAM_TRUNCATED'],
    ] as const
  ).flatMap(([name, how, code]): Row[] => [
    {
      name: `${name} after something was shown`,
      late: how === 'stall',
      scripts: always((d) => breakOff(d, GOOD, how)),
      outcome: { stream: failed(code, 1, { shown: 2 }), whole: failed(code, 3) },
    },
    {
      name: `${name} before anything was shown`,
      late: how === 'stall',
      scripts: thenGood((d) => breakOff(d, { output: [CLAIMS[0]] }, how)),
      outcome: { stream: { ...recovered, estimated: true }, whole: recovered },
    },
    {
      name: `${name} inside the arguments of a tool`,
      late: how === 'stall',
      ask: 'tools',
      scripts: always((d) => breakOff(d, { calls: [look(HOST)] }, how)),
      outcome: failed(code, 3),
    },
  ]),

  ...(
    [
      ['length', 'MODEL_LENGTH'],
      ['filter', 'MODEL_CONTENT_FILTERED'],
      ['refusal', 'MODEL_REFUSED'],
      ['unknown', 'MODEL_BAD_RESPONSE'],
    ] as const
  ).map(
    ([end, code]): Row => ({
      name: `an end by ${end}`,
      scripts: always((d) => say(d, { output: ['{}'], end })),
      outcome: failed(code, code === 'MODEL_BAD_RESPONSE' ? 3 : 1),
    }),
  ),
  ...(
    [
      ['guardrail', 'MODEL_GUARDRAIL'],
      ['context', 'MODEL_CONTEXT_OVERFLOW'],
    ] as const
  ).map(
    ([end, code]): Row => ({
      name: `an end by ${end}`,
      only: 'bedrock',
      scripts: always((d) => say(d, { text: ['Sorry.'], end })),
      outcome: failed(code, 1),
    }),
  ),
  {
    name: 'an end by length inside the arguments of a tool',
    ask: 'tools',
    only: 'openai',
    scripts: always((d) => say(d, { calls: [look(HOST)], end: 'length' })),
    outcome: failed('MODEL_LENGTH', 1),
  },
  { name: 'an empty reply', scripts: always((d) => say(d, { text: [] })), outcome: failed('MODEL_EMPTY', 1) },
  {
    name: 'a reply of spaces',
    scripts: always((d) => say(d, { text: [' ', '\n'] })),
    outcome: failed('MODEL_EMPTY', 1),
  },
  {
    name: 'an end by tools without a call',
    ask: 'tools',
    scripts: always((d) => say(d, { end: 'tools' })),
    outcome: failed('MODEL_EMPTY', 1),
  },

  { name: 'a page of HTML', scripts: always(() => html), outcome: failed('MODEL_BAD_RESPONSE', 3) },
  {
    name: 'an empty object',
    scripts: always(() => json('{}')),
    outcome: failed('MODEL_BAD_RESPONSE', 3),
  },
  {
    name: 'no choices',
    only: 'openai',
    scripts: always(() => json('{"choices":[]}')),
    outcome: failed('MODEL_BAD_RESPONSE', 3),
  },
  { name: 'an endless reply', scripts: always(endless), outcome: failed('MODEL_BAD_RESPONSE', 3) },
  {
    name: 'a gzip bomb',
    only: 'openai',
    scripts: always((d) => (exchange) => {
      const bomb = gzipSync(Buffer.alloc(12_000_000, ' '));
      const type = exchange.isStream ? d.streamType : 'application/json';
      return answer(200, { 'content-type': type, 'content-encoding': 'gzip' }, bomb)(exchange);
    }),
    outcome: failed('MODEL_BAD_RESPONSE', 3),
  },
  {
    name: 'an encoding that is not there',
    only: 'openai',
    scripts: always((d) => bytes(d, (body) => body, { 'content-encoding': 'gzip' })),
    outcome: failed('MODEL_BAD_RESPONSE', 3),
  },
  { name: 'single bytes', scripts: always((d) => bytes(d, (body) => body, {}, 1)), outcome: whole },
  {
    name: 'CRLF, comments and single bytes',
    only: 'openai',
    scripts: always((d) =>
      bytes(d, (body) => Buffer.from(`: hello\r\n\r\n${body}`.replaceAll('\n', '\r\n')), {}, 1),
    ),
    outcome: { stream: whole, whole: failed('MODEL_BAD_RESPONSE', 3) },
  },
  {
    name: 'bytes that are no UTF-8',
    only: 'openai',
    scripts: always((d) =>
      bytes(d, (body) => Buffer.from(body.toString('latin1').replaceAll('Ã', '\u00ff'), 'latin1')),
    ),
    outcome: failed('MODEL_BAD_RESPONSE', 3),
  },
  {
    name: 'a flipped byte',
    only: 'bedrock',
    scripts: always((d) => bytes(d, (body) => body.fill(body.readUInt8(30) ^ 1, 30, 31))),
    outcome: failed('MODEL_BAD_RESPONSE', 3),
  },
  {
    name: 'a frame that is no JSON',
    only: 'openai',
    scripts: always((d) => bytes(d, (body) => Buffer.from(`data: {"choices": [\n\n${body}`))),
    outcome: failed('MODEL_BAD_RESPONSE', 3),
  },
  {
    name: 'an overload told inside the stream',
    scripts: thenGood((d) =>
      errorInStream(d.name === 'openai' ? 'rate_limit_exceeded' : 'ThrottlingException')(d),
    ),
    outcome: { stream: { ...recovered, estimated: true }, whole: recovered },
  },
  {
    name: 'a failure told inside the stream',
    scripts: always((d) =>
      errorInStream(d.name === 'openai' ? 'server_error' : 'ModelStreamErrorException')(d),
    ),
    outcome: failed('MODEL_FAILED', 3),
  },

  ...CALL_ROWS,
];
