import { Transform } from 'node:stream';
import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  type ConverseStreamOutput,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { type Fault, fault, isFault } from '../../../agents/contracts/index.js';
import type { Providers } from '../../config/config.schema.js';
import { connectionFault, providerFault } from './model-faults.js';
import { MAX_REPLY_BYTES, tooLarge } from './provider-fetch.js';

/** As many as a lane lets through at once. */
const MAX_SOCKETS = 64;

const EVENTS = 'application/vnd.amazon.eventstream';

/** Node's HTTP/1.1 client with a limit to what it reads. A reply that breaks off is a fault of its own. */
class BoundedHandler extends NodeHttpHandler {
  override async handle(...[request, options]: Parameters<NodeHttpHandler['handle']>) {
    // Said here, because the SDK keeps little of an error on its way.
    const { response } = await super.handle(request, options).catch((error: unknown) => {
      throw options?.abortSignal?.aborted ? error : connectionFault(error);
    });
    const type = response.headers['content-type'] ?? '';
    if (response.statusCode === 200 && request.path.endsWith('/converse-stream') && type !== EVENTS) {
      response.body.destroy();
      throw fault('MODEL_BAD_RESPONSE', { detail: 'The provider’s reply is no stream of Converse.' });
    }
    return { response: Object.assign(response, { body: bounded(response.body) }) };
  }
}

function bounded(body: NodeJS.ReadableStream & { destroy(): void }): Transform {
  let size = 0;
  const limiter = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      size += chunk.byteLength;
      if (size > MAX_REPLY_BYTES) done(tooLarge());
      else done(null, chunk);
    },
  });
  body.on('error', () => limiter.destroy(fault('MODEL_STREAM_TRUNCATED')));
  limiter.on('close', () => body.destroy());
  return body.pipe(limiter);
}

/** Amazon's client with retries off and with the credentials of the configuration, else of the SDK's own chain. */
export function bedrockRuntime(access: Providers['bedrock']): BedrockRuntimeClient {
  const { region, endpoint, profile } = access;
  // What answers for itself needs no region; the SDK insists on one to sign with.
  const named = region ?? (endpoint ? 'us-east-1' : undefined);
  const client = new BedrockRuntimeClient({
    ...(named && { region: named }),
    ...(endpoint && { endpoint }),
    ...(profile && { profile }),
    ...credentialsOf(access),
    maxAttempts: 1,
    requestHandler: new BoundedHandler({
      httpAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
      httpsAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
    }),
  });
  client.middlewareStack.add(
    (next) => async (given) => {
      const result = await next(given);
      const { output } = result;
      if (!('stream' in output) || !output.stream) return result;
      return { ...result, output: { ...output, stream: understood(output.stream) } };
    },
    { step: 'initialize', name: 'understoodEvents' },
  );
  return client;
}

function credentialsOf({ bearerToken, accessKeyId, secretAccessKey, sessionToken }: Providers['bedrock']) {
  const made: Pick<BedrockRuntimeClientConfig, 'token' | 'authSchemePreference' | 'credentials'> = {};
  if (bearerToken) {
    made.token = { token: bearerToken.reveal() };
    made.authSchemePreference = ['httpBearerAuth'];
  } else if (accessKeyId && secretAccessKey) {
    made.credentials = {
      accessKeyId: accessKeyId.reveal(),
      secretAccessKey: secretAccessKey.reveal(),
      ...(sessionToken && { sessionToken: sessionToken.reveal() }),
    };
  }
  return made;
}

/**
 * LangChain's reader fails on kinds of content that it does not know, such as citations or the start of a text, none of
 * which is used here.
 */
async function* understood(
  events: AsyncIterable<ConverseStreamOutput>,
): AsyncGenerator<ConverseStreamOutput> {
  for await (const event of events) {
    const { contentBlockStart: start, contentBlockDelta: piece } = event;
    if (start && !start.start?.toolUse) continue;
    if (piece && piece.delta?.text === undefined && !piece.delta?.toolUse) continue;
    yield event;
  }
}

/** Whatever the SDK throws, as a fault. Errors inside a stream carry their exception's name, as those of HTTP do. */
export function bedrockFault(error: unknown, signal: AbortSignal): Fault {
  if (signal.aborted && isFault(signal.reason)) return signal.reason;
  if (isFault(error)) return error;
  const { name, message, cause } = error instanceof Error ? error : new Error('not an error');
  if (isFault(cause)) return cause;
  const status = statusOf(error);
  if (name === 'CredentialsProviderError')
    return fault('MODEL_CREDENTIALS', { detail: 'There are no AWS credentials.', next: NO_CREDENTIALS });
  if (message.startsWith('Region is missing'))
    return fault('MODEL_UNAVAILABLE', { detail: 'There is no AWS region.', next: 'Set `AWS_REGION`.' });
  if (message.startsWith('Truncated event')) return fault('MODEL_STREAM_TRUNCATED');
  if ((status !== undefined && status >= 300) || name.endsWith('Exception'))
    return providerFault({ status, names: [name], message, header: (header) => headersOf(error)[header] });
  return fault('MODEL_BAD_RESPONSE', { detail: 'The provider’s reply is none of Converse.' });
}

const NO_CREDENTIALS =
  'Set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, `AWS_PROFILE` or `AWS_BEARER_TOKEN_BEDROCK`.';

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

function statusOf(error: unknown): number | undefined {
  const metadata = record(record(error).$metadata);
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

function headersOf(error: unknown): Readonly<Record<string, string>> {
  const { $response: response } = error as { $response?: unknown };
  const headers = Object.entries(record(record(response).headers));
  return Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), String(value)]));
}
