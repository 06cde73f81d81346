import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { fault } from '../../../agents/contracts/index.js';
import { parseJson, refuseHostile } from './json.js';
import { NDJSON_BYTES, tooLarge } from './ndjson.js';
import { DOCUMENT_TYPES, uploadedForm, uploadedText } from './upload.js';

const MIB = 1024 * 1024;
const JSON_BYTES = MIB;
const DOCUMENT_BYTES = 32 * MIB;

/** The addresses that read a stream of lines; any other would take the stream itself for its body. */
const LINES_ADDRESSES: ReadonlySet<string> = new Set([
  '/api/v1/knowledge/tickets/solved',
  '/api/v1/triage/batch',
]);

const refuseEncoded = ({ headers }: FastifyRequest): void => {
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    throw fault('UNSUPPORTED_MEDIA_TYPE', {
      detail: 'A compressed body is not accepted.',
      next: 'Send the body without `Content-Encoding`.',
    });
};

const pathOf = ({ url }: FastifyRequest): string => url.split('?', 1)[0] ?? '';
const declaredBytes = ({ headers }: FastifyRequest): number => Number(headers['content-length'] ?? 0);

/** Where documents are added: the one address that takes them as they are. */
const DOCUMENTS_ADDRESS = '/api/v1/knowledge/documents';
const limitOf = (request: FastifyRequest): number =>
  pathOf(request) === DOCUMENTS_ADDRESS ? DOCUMENT_BYTES : JSON_BYTES;

const refuseElsewhere = (request: FastifyRequest): void => {
  if (pathOf(request) !== DOCUMENTS_ADDRESS) throw fault('UNSUPPORTED_MEDIA_TYPE');
};

async function readAll(stream: Readable, limit: number, declared: number): Promise<Buffer<ArrayBuffer>> {
  if (declared > limit) throw tooLarge(limit, 'The body');
  const { promise, resolve, reject } = Promise.withResolvers<Buffer<ArrayBuffer>>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes <= limit) return;
    stream.pause();
    reject(tooLarge(limit, 'The body'));
  });
  stream.on('error', reject);
  stream.on('end', () => resolve(Buffer.concat(chunks)));
  return promise;
}

/** Reads bodies the same way for every route: bounded, strict UTF-8, nothing hostile; NDJSON stays a stream. */
export function registerBodyParsers(instance: FastifyInstance): void {
  instance.removeAllContentTypeParsers();
  const wholeBody = (request: FastifyRequest, payload: Readable) => {
    refuseEncoded(request);
    return readAll(payload, limitOf(request), declaredBytes(request));
  };
  instance.addContentTypeParser('application/json', async (request: FastifyRequest, payload: Readable) => {
    const body = await wholeBody(request, payload);
    // Clients that always name a media type also do so for requests that need no body.
    return body.length === 0 ? undefined : parseJson(body);
  });
  instance.addContentTypeParser([...DOCUMENT_TYPES], async (request: FastifyRequest, payload: Readable) => {
    refuseElsewhere(request);
    return uploadedText(request.headers['content-type'] ?? '', await wholeBody(request, payload));
  });
  instance.addContentTypeParser('multipart/form-data', async (request: FastifyRequest, payload: Readable) => {
    refuseElsewhere(request);
    return uploadedForm(request.headers['content-type'] ?? '', await wholeBody(request, payload));
  });
  instance.addContentTypeParser(
    ['application/x-ndjson', 'application/ndjson', 'application/jsonl'],
    async (request: FastifyRequest, payload: Readable) => {
      if (!LINES_ADDRESSES.has(pathOf(request))) throw fault('UNSUPPORTED_MEDIA_TYPE');
      refuseEncoded(request);
      if (declaredBytes(request) > NDJSON_BYTES) throw tooLarge(NDJSON_BYTES, 'The body');
      return payload;
    },
  );
}

/** Path and query are as little trusted as a body: NUL and half surrogates are refused before a controller sees them. */
export function refuseHostileAddress(instance: FastifyInstance): void {
  instance.addHook('preValidation', (request, _reply, done) => {
    try {
      refuseHostile({ path: request.params, query: request.query });
      done();
    } catch (error) {
      done(error as Error);
    }
  });
}
