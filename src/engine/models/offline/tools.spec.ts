import { describe, expect, it } from '@jest/globals';
import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages';
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
  it('looks at the host that a fault is about, the fitting tool first', () => {
    expect(picked('The certificate of shop.example.org has expired')).toEqual([
      { name: 'tls.inspect', args: { host: 'shop.example.org' } },
      { name: 'dns.lookup', args: { name: 'shop.example.org', type: 'A' } },
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
      new HumanMessage('The certificate of shop.example.org has expired'),
      new AIMessage({ content: '', tool_calls: [{ ...call, type: 'tool_call' }] }),
      new ToolMessage({ content: 'expired yesterday', tool_call_id: 'call_1' }),
    ]);
    expect(pickCalls(prompt, OFFERS).map(({ name }) => name)).toEqual(['dns.lookup']);
  });
});
