import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { errorBody, fault } from '../../agents/contracts/index.js';
import { createHttpClient } from './http-client.js';
import { remoteTriage } from './remote-triage.js';

const RESULT = {
  id: 'tr_1',
  ticketId: 'INC-1',
  status: 'failed',
  threadId: 't',
  decision: null,
  answer: null,
  evidence: [],
  hypotheses: [],
  observations: [],
  critique: null,
  handoff: null,
  manifest: { hash: 'sha256:', prompts: {}, models: {}, graph: 'g', tools: {}, knowledge: 'k' },
  usage: { inputTokens: 0, outputTokens: 0, costUsd: 0, estimated: false, modelCalls: 0, toolCalls: 0 },
  timing: { queuedMs: 0, totalMs: 1 },
};
const TICKET = { request: { subject: 'a', body: 'b' }, idempotencyKey: 'key', goesOn: false };

describe('a triage through a host', () => {
  type Answer = (request: IncomingMessage, response: ServerResponse) => void;
  let server: Server;
  let url: string;
  let answers: Answer[];
  let seen: string[];
  beforeEach(async () => {
    answers = [];
    seen = [];
    server = createServer((request, response) => {
      request.resume();
      seen.push(`${request.method} ${request.url} ${request.headers['idempotency-key'] ?? ''}`.trim());
      answers.shift()?.(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    url = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const json =
    (status: number, body: unknown, headers = {}): Answer =>
    (_, response) =>
      void response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body));
  const refused = (code: 'RATE_LIMITED' | 'VALIDATION_FAILED') =>
    json(code === 'RATE_LIMITED' ? 429 : 422, errorBody(fault(code)), { 'retry-after': '0' });
  const lost: Answer = ({ socket }) => void socket.destroy();
  const pending = json(202, { id: 'tr_1', ticketId: 'INC-1', status: 'queued', threadId: 't' });
  const triage = (signal = new AbortController().signal) =>
    remoteTriage(createHttpClient(url))(TICKET, signal);

  it('is sent again by the same key where it was refused for now, then asked for until it has ended', async () => {
    answers = [refused('RATE_LIMITED'), pending, lost, pending, json(200, RESULT)];
    expect(await triage()).toMatchObject({ id: 'tr_1', status: 'failed' });
    expect(seen).toEqual([
      'POST /api/v1/triage key',
      'POST /api/v1/triage key',
      'GET /api/v1/triage/tr_1',
      'GET /api/v1/triage/tr_1',
      'GET /api/v1/triage/tr_1',
    ]);
  });

  it('is given up at once where the ticket is refused, or nobody has ever answered', async () => {
    answers = [refused('VALIDATION_FAILED')];
    await expect(triage()).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    answers = [lost];
    await expect(triage()).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
    expect(seen).toHaveLength(2);
  });

  it('is cancelled there where nobody waits for it any more', async () => {
    const stop = new AbortController();
    answers = [
      (request, response) => {
        pending(request, response);
        stop.abort(fault('RUN_CANCELLED'));
      },
      json(200, {}),
    ];
    await expect(triage(stop.signal)).rejects.toBeDefined();
    expect(seen).toEqual(['POST /api/v1/triage key', 'DELETE /api/v1/triage/tr_1']);
  });
});
