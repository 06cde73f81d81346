import { describe, expect, it } from '@jest/globals';
import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages';
import { z } from 'zod';
import { offersOf } from '../../../../agents/diagnostics/tools/tools.js';
import { readPrompt } from './prompt-reader.js';
import { pickCalls, readOffers } from './tools.js';

const OFFERS = readOffers([
  {
    type: 'function',
    function: {
      name: 'dns.lookup',
      description:
        'Looks up DNS records of a host name. Use it when a name cannot be found or a site cannot be reached.',
      parameters: {
        type: 'object',
        required: ['name', 'type'],
        properties: {
          name: { type: 'string', description: 'the host name or domain' },
          type: {
            type: 'string',
            enum: ['A', 'MX', 'TXT'],
            description: 'the kind of record: A for the address of a host, MX for mail',
          },
        },
      },
    },
  },
  {
    type: 'function',
    function: {
      name: 'tls.inspect',
      description:
        'Connects to a server and reads its TLS certificate: expiry date, names. Use it for certificate warnings.',
      parameters: {
        type: 'object',
        required: ['host'],
        properties: {
          host: { type: 'string', description: 'the host name of the server' },
          port: { type: 'integer', minimum: 1, maximum: 65_535, description: 'the TCP port' },
        },
      },
    },
  },
  {
    type: 'function',
    function: {
      name: 'log.analyze',
      description: 'Reads log lines and stack traces. Use it when there is a log or an exception.',
      parameters: {
        type: 'object',
        properties: { source: { type: 'string', enum: ['message', 'attachments'] } },
      },
    },
  },
]);

const picked = (text: string) =>
  pickCalls(readPrompt([new SystemMessage('Look.'), new HumanMessage(text)]), OFFERS);

describe('pickCalls', () => {
  it('looks at the host that a fault is about, with the tools that fit', () => {
    expect(picked('The certificate of shop.example.org has expired')).toEqual([
      { name: 'tls.inspect', args: { host: 'shop.example.org' } },
    ]);
    expect(picked('the site shop.example.org cannot be reached').map(({ name }) => name)).toEqual([
      'dns.lookup',
    ]);
    expect(picked('shop.example.org is broken').map(({ name }) => name)).toEqual([
      'dns.lookup',
      'tls.inspect',
    ]);
  });

  it('fills optional numbers and explained choices from the text', () => {
    const calls = picked('mail for example.org bounces, certificate warning on example.org:8443');
    expect(calls).toContainEqual({ name: 'tls.inspect', args: { host: 'example.org', port: 8443 } });
    expect(calls).toContainEqual({ name: 'dns.lookup', args: { name: 'example.org', type: 'MX' } });
  });

  it.each(['our VPN certificate expired, what now?', 'How do I print?', 'I love example.org'])(
    'calls nothing without a target or a fault: %s',
    (text) => {
      expect(picked(text)).toEqual([]);
    },
  );

  it('reads a log where there is one', () => {
    expect(
      picked(
        'the job fails\n2026-11-05 06:15:02 ERROR handshake failed\n2026-11-05 06:15:09 ERROR handshake failed',
      ),
    ).toEqual([{ name: 'log.analyze', args: {} }]);
  });

  it('never asks more than six questions', () => {
    const hosts = Array.from({ length: 9 }, (_, at) => `h${at}.example.org`);
    expect(picked(`certificate expired on ${hosts.join(', ')}`)).toHaveLength(6);
  });

  it('does not repeat a call that was answered', () => {
    const call = { id: 'call_1', name: 'tls.inspect', args: { host: 'shop.example.org' } };
    const prompt = readPrompt([
      new HumanMessage('shop.example.org is broken'),
      new AIMessage({ content: '', tool_calls: [{ ...call, type: 'tool_call' }] }),
      new ToolMessage({ content: 'expired yesterday', tool_call_id: 'call_1' }),
    ]);
    expect(pickCalls(prompt, OFFERS).map(({ name }) => name)).toEqual(['dns.lookup']);
  });
});

describe('the tools of diagnostics', () => {
  const offers = readOffers(
    offersOf(new Set(['read-network', 'read-text'])).map(({ name, description, input }) => ({
      type: 'function',
      function: { name, description, parameters: z.toJSONSchema(input) },
    })),
  );
  const first = (text: string) => pickCalls(readPrompt([new HumanMessage(text)]), offers)[0];

  it.each([
    [
      'The web site https://shop.example.org/cart is very slow',
      'http_probe',
      { url: 'https://shop.example.org/cart' },
    ],
    ['shop.example.org is so slow today', 'http_probe', { url: 'shop.example.org' }],
    ['shop.example.org redirects too many times', 'http_probe', { url: 'shop.example.org' }],
    ['Is port 1194 of vpn.example.org blocked?', 'tcp_connect', { host: 'vpn.example.org', port: 1194 }],
    ['db.example.org port 5432 times out', 'tcp_connect', { host: 'db.example.org', port: 5432 }],
    ['the printer at 10.1.2.3 port 9100 cannot connect', 'tcp_connect', { host: '10.1.2.3', port: 9100 }],
    ['Mail to ann@example.org is not delivered', 'mail_check', { domain: 'example.org' }],
    ['email of example.org lands in spam', 'mail_check', { domain: 'example.org' }],
    ['The certificate of shop.example.org expired', 'tls_inspect', { host: 'shop.example.org' }],
    ['shop.example.org cannot be resolved', 'dns_lookup', { name: 'shop.example.org', type: 'A' }],
  ])('are asked as their offers say: %s', (text, name, args) => {
    expect(first(text)).toEqual({ name, args });
  });

  it('look at no mail where nobody speaks of it', () => {
    const calls = pickCalls(readPrompt([new HumanMessage('shop.example.org is broken')]), offers);
    expect(calls.map(({ name }) => name).sort()).toEqual(['dns_lookup', 'http_probe', 'tls_inspect']);
  });
});
