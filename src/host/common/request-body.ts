import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { fault } from '../../../agents/contracts/index.js';
import { parseJson, refuseHostile } from './json.js';

const MIB = 1024 * 1024;
const JSON_BYTES = MIB;
const DOCUMENT_BYTES = 32 * MIB;
const NDJSON_BYTES = 256 * MIB;
const LINE_BYTES = MIB;
const LINE_FEED = 0x0a;

const tooLarge = (limit: number, what: string) =>
  fault('PAYLOAD_TOO_LARGE', { detail: `${what} may have at most ${limit / MIB} MiB.` });

/** The one address that reads a stream of lines; any other would take the stream itself for its body. */
const LINES_ADDRESS = '/api/v1/knowledge/tickets/solved';

const refuseEncoded = ({ headers }: FastifyRequest): void => {
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    throw fault('UNSUPPORTED_MEDIA_TYPE', {
      detail: 'A compressed body is not accepted.',
      next: 'Send the body without `Content-Encoding`.',
    });
};

const limitOf = (request: FastifyRequest): number =>
  request.url.startsWith('/api/v1/knowledge/documents') ? DOCUMENT_BYTES : JSON_BYTES;

async function readAll(stream: Readable, limit: number, declared: number): Promise<Buffer> {
  if (declared > limit) throw tooLarge(limit, 'The body');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > limit) throw tooLarge(limit, 'The body');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Lines of a stream without their line ends, empty ones left out. Never holds more than one line.
 * @throws `PAYLOAD_TOO_LARGE` beyond 1 MiB a line or 256 MiB in all
 */
export async function* readLines(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let total = 0;
  for await (const chunk of stream) {
    total += chunk.length;
    if (total > NDJSON_BYTES) throw tooLarge(NDJSON_BYTES, 'The body');
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      const line = Buffer.concat([rest, chunk.subarray(from, end)]);
      rest = Buffer.alloc(0);
      from = end + 1;
      if (line.length > LINE_BYTES) throw tooLarge(LINE_BYTES, 'A line');
      if (line.toString('latin1').trim() !== '') yield line;
    }
    rest = Buffer.concat([rest, chunk.subarray(from)]);
    if (rest.length > LINE_BYTES) throw tooLarge(LINE_BYTES, 'A line');
  }
  if (rest.toString('latin1').trim() !== '') yield rest;
}

/** Reads bodies the same way for every route: bounded, strict UTF-8, nothing hostile; NDJSON stays a stream. */
export function registerBodyParsers(instance: FastifyInstance): void {
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('application/json', async (request: FastifyRequest, payload: Readable) => {
    refuseEncoded(request);
    const body = await readAll(payload, limitOf(request), Number(request.headers['content-length'] ?? 0));
    // Clients that always name a media type also do so for requests that need no body.
    return body.length === 0 ? undefined : parseJson(body);
  });
  instance.addContentTypeParser(
    'application/x-ndjson',
    async (request: FastifyRequest, payload: Readable) => {
      if (!request.url.startsWith(LINES_ADDRESS)) throw fault('UNSUPPORTED_MEDIA_TYPE');
      refuseEncoded(request);
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
