import { createServer, type Server, type ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createCliFixture, failureShape, machine, stateShape } from './cli-fixture.js';

const { start, close } = createCliFixture();

/** Speaks what the command line hears from a host, so that a run can be held in its middle. */
describe('a run that takes long', () => {
  const streams: { readonly since: unknown; readonly response: ServerResponse }[] = [];
  const opened: ((index: number) => void)[] = [];
  let server: Server;
  let url: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        const { method, since } = z.looseObject({}).parse(JSON.parse(body || '{}'));
        const reply = (value: unknown) =>
          void response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
        if (request.url === '/threads') return reply({ thread_id: 't1' });
        if (method === 'run.start')
          return reply({ type: 'success', result: { run_id: 'r1' }, meta: { applied_through_seq: 3 } });
        if (method === 'run.cancel')
          return reply({
            type: 'success',
            result: { id: 'r1', status: 'cancelled', stopped: ['resolver'], effects: ['dns.lookup'] },
          });
        response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
        opened[streams.push({ since, response }) - 1]?.(streams.length - 1);
        return undefined;
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    url = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
  });
  afterEach(() => {
    streams.length = 0;
    opened.length = 0;
  });
  afterAll(() => {
    close();
    server.closeAllConnections();
    server.close();
  });

  const stream = (index: number) =>
    new Promise<void>((resolve) => {
      if (streams.length > index) resolve();
      else opened[index] = () => resolve();
    });
  const send = (index: number, seq: number, method: string, params: unknown) =>
    streams[index]?.response.write(
      `data: ${JSON.stringify({ type: 'event', seq, method, params: { namespace: [], data: params } })}\n\n`,
    );

  it('is cancelled by Ctrl-C, which prints the receipt', async () => {
    const asking = start(['ask', 'x', '--url', url]);
    await stream(0);
    send(0, 4, 'lifecycle', { event: 'running', run_id: 'r1' });
    send(0, 5, 'custom', {
      name: 'progress',
      payload: { agent: 'resolver', stage: 'started', text: 'Drafting' },
    });
    await asking.says('stderr', /Drafting/);
    asking.child.kill('SIGINT');
    const { code, stderr } = await asking.ended;
    expect(code).toBe(3);
    expect(stderr).toMatch(/cancelled; stopped: resolver\nalready done: dns\.lookup/);
  });

  it('is taken up again after a lost connection, after the last event that was seen', async () => {
    const asking = start(['ask', 'x', '--url', url, '--json']);
    await stream(0);
    send(0, 4, 'lifecycle', { event: 'running', run_id: 'r1' });
    send(0, 5, 'custom', {
      name: 'progress',
      payload: { agent: 'resolver', stage: 'started', text: 'Drafting' },
    });
    await asking.says('stderr', /Drafting/);
    streams[0]?.response.destroy();
    await stream(1);
    send(1, 6, 'values', { messages: [], evidence: [] });
    send(1, 7, 'lifecycle', { event: 'completed', run_id: 'r1' });
    expect(machine(stateShape, await asking.ended)).toMatchObject({ threadId: 't1', messages: [] });
    expect(streams.map(({ since }) => since)).toEqual([3, 5]);
  });

  it('ends with the error of the run', async () => {
    const asking = start(['ask', 'x', '--url', url, '--json']);
    await stream(0);
    send(0, 4, 'lifecycle', { event: 'running', run_id: 'r1' });
    const detail = { code: 'RUN_DEADLINE', detail: 'Too late.', kept: 'The thread.', next: 'Ask again.' };
    send(0, 5, 'lifecycle', { event: 'failed', run_id: 'r1', error: 'RUN_DEADLINE: Too late.', detail });
    const ran = await asking.ended;
    expect(ran.code).toBe(3);
    expect(machine(failureShape, ran).error).toEqual(detail);
  });
});
