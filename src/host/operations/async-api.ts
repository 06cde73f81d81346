import { z } from 'zod';
import { COMMAND_PARAMS } from '../streaming/commands.contract.js';
import { EVENTS, errorSchema, gapSchema, successSchema } from '../streaming/frames.contract.js';
import { THREAD_ID_FORM } from '../threads/run-input.contract.js';
import { VERSION } from './version.js';

type Json = Readonly<Record<string, unknown>>;

const reference = (path: string): Json => ({ $ref: `#/${path}` });

/** Named schemas stand once under `components`, and messages point to them. */
const schemas: Record<string, Json> = {};

/** A schema on its own has its named parts in `$defs`, which is no place of an AsyncAPI document. */
const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const {
    $schema: _,
    $defs = {},
    ...root
  }: Record<string, unknown> = JSON.parse(
    JSON.stringify(z.toJSONSchema(schema, { io, reused: 'inline' })).replaceAll(
      '"#/$defs/',
      '"#/components/schemas/',
    ),
  );
  Object.assign(schemas, $defs);
  return root;
};

const message = (name: string, schema: z.ZodType, io: 'input' | 'output'): [string, Json] => [
  name,
  { name, contentType: 'application/json', payload: schemaOf(schema, io) },
];

const RECEIVED = Object.entries(COMMAND_PARAMS).map(([method, params]) =>
  message(method, z.object({ id: z.int().nonnegative(), method: z.literal(method), params }), 'input'),
);
const SENT = [
  message('success', successSchema, 'output'),
  message('error', errorSchema, 'output'),
  message('gap', gapSchema, 'output'),
  ...Object.entries(EVENTS).map(([channel, schema]) => message(`event.${channel}`, schema, 'output')),
];

const inChannel = (names: readonly [string, Json][]) =>
  names.map(([name]) => reference(`channels/thread/messages/${name}`));

/** The streaming protocol as AsyncAPI 3.0, made of the same schemas that read and check its frames. */
export function asyncApiDocument(): Json {
  const messages = [...RECEIVED, ...SENT];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Triagent: Agent Streaming Protocol',
      version: VERSION,
      description:
        'One WebSocket a thread. Commands are answered under their id; events are numbered per thread by `seq` for ever. ' +
        'A frame sent to a slow reader may stand for several: it carries the last `seq` and `event_id` of what it replaces.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: {
      thread: {
        address: '/threads/{threadId}/stream/events',
        parameters: { threadId: { description: THREAD_ID_FORM } },
        messages: Object.fromEntries(
          messages.map(([name]) => [name, reference(`components/messages/${name}`)]),
        ),
        bindings: { ws: { method: 'GET' } },
      },
    },
    operations: {
      command: {
        action: 'receive',
        channel: reference('channels/thread'),
        messages: inChannel(RECEIVED),
        reply: {
          channel: reference('channels/thread'),
          messages: inChannel(SENT.filter(([name]) => name === 'success' || name === 'error')),
        },
      },
      events: {
        action: 'send',
        channel: reference('channels/thread'),
        messages: inChannel(SENT.filter(([name]) => name === 'gap' || name.startsWith('event.'))),
      },
    },
    components: { messages: Object.fromEntries(messages), schemas },
  };
}
