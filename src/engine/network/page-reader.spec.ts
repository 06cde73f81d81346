import { createServer, type RequestListener } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPageReader } from './page-reader.js';
import { type Listening, listen } from './testing/loopback.js';

const PAGES: Readonly<Record<string, RequestListener>> = {
  '/': (_, reply) => reply.setHeader('content-type', 'text/html; charset=utf-8').end('<h1>Home</h1>'),
  '/old': (_, reply) => reply.writeHead(301, { location: '/' }).end(),
  '/loop': (_, reply) => reply.writeHead(302, { location: '/loop' }).end(),
  '/away': (_, reply) => reply.writeHead(302, { location: 'http://169.254.169.254/latest/' }).end(),
  '/missing': (_, reply) => reply.writeHead(404).end('no'),
  '/broken': (_, reply) => {
    reply.writeHead(200, { 'content-length': '1000' });
    reply.write('only this');
    reply.socket?.end();
  },
  '/flood': (_, reply) => {
    const more = () => reply.write(Buffer.alloc(1024 * 1024, 97)) && setImmediate(more);
    reply.on('drain', more);
    more();
  },
};

describe('the page reader', () => {
  let site: Listening;
  let base = '';
  beforeAll(async () => {
    site = await listen(createServer((request, reply) => PAGES[request.url ?? '']?.(request, reply)));
    base = `http://127.0.0.1:${site.port}`;
  });
  afterAll(() => site.close());

  const inside = () => createPageReader({ estate: [`127.0.0.1:${site.port}`] });

  it('gives a page with its media type, and follows redirects within the site', async () => {
    const page = { url: `${base}/`, mediaType: 'text/html', bytes: Buffer.from('<h1>Home</h1>') };
    expect(await inside()(`${base}/`)).toEqual(page);
    expect(await inside()(`${base}/old`)).toEqual(page);
  });

  it.each([
    ['/missing', 'INPUT_UNREADABLE'],
    ['/loop', 'INPUT_UNREADABLE'],
    ['/broken', 'INPUT_UNREADABLE'],
    ['/flood', 'INPUT_UNREADABLE'],
    ['/away', 'TARGET_UNTRUSTED'],
  ])('refuses %s with %s', async (path, code) => {
    await expect(inside()(base + path)).rejects.toMatchObject({ code });
  });

  it('never asks a private address that no estate opens', async () => {
    const outside = createPageReader({ estate: [] });
    const before = site.connections();
    for (const address of [base, `http://localhost:${site.port}/`, `http://[::ffff:127.0.0.1]:${site.port}/`])
      await expect(outside(address)).rejects.toMatchObject({ code: 'TARGET_DENIED' });
    for (const address of ['file:///etc/passwd', 'http://a:b@127.0.0.1/', 'http://2130706433/'])
      await expect(outside(address)).rejects.toMatchObject({ code: expect.stringMatching(/^TARGET_/) });
    expect(site.connections()).toBe(before);
  });
});
