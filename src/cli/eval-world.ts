import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { type World } from '../../evals/index.js';

/** Longest reply that is read, and the longest silence of a target. */
const MAX_REPLY_BYTES = 8 * 1024 * 1024;
const SILENCE_MS = 120_000;

/** A clock, and connections that are kept between cases. */
export function createEvalWorld(): { readonly world: World; close(): void } {
  const plain = new PlainAgent({ keepAlive: true });
  const secure = new SecureAgent({ keepAlive: true });
  const post: World['post'] = (url, body, headers, signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
    const isSecure = url.startsWith('https:');
    const options = {
      method: 'POST',
      agent: isSecure ? secure : plain,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      timeout: SILENCE_MS,
      signal,
    };
    const sent = (isSecure ? secureRequest : plainRequest)(url, options, (response) => {
      const pieces: Buffer[] = [];
      let size = 0;
      response.on('data', (piece: Buffer) => {
        size += piece.length;
        if (size > MAX_REPLY_BYTES) sent.destroy(new Error('the reply of the target is too large'));
        else pieces.push(piece);
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(pieces).toString('utf8') }),
      );
    });
    sent.on('timeout', () => sent.destroy(new Error('the target does not answer')));
    sent.on('error', reject);
    sent.end(body);
    return promise;
  };
  return {
    world: { now: () => performance.now(), post },
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}
