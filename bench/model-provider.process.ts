import { once } from 'node:events';
import { createServer } from 'node:http';
import { answerDriver } from './bench-process.js';

const TOKENS = 200;

const frame = (delta: object, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;

/** A provider in a process of its own that writes one token a frame, ten frames at a time. */
const server = createServer(async (request, response) => {
  for await (const _ of request);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (let token = 0; token < TOKENS; token += 1) {
    response.write(frame({ content: `token ${token} ` }));
    if (token % 10 === 9) await new Promise((resolve) => setImmediate(resolve));
  }
  response.end(`${frame({}, 'stop')}data: [DONE]\n\n`);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
answerDriver(typeof address === 'object' && address ? address.port : 0);
process.once('SIGTERM', () => process.exit(0));
