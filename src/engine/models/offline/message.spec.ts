import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { messageOf } from './message.js';

describe('messageOf', () => {
  it('keeps the writer’s own sentences only', () => {
    const { sentences, log } = messageOf(
      [
        'VPN refuses me',
        'Hi all,',
        '',
        'since Monday the tunnel stays down.',
        '2026-11-05 06:15:02 ERROR handshake failed',
        'It worked last week.',
        '',
        'Kind regards',
        'Ada Lovelace',
        'Finance, 0117 496 0142',
        '',
        '> From: somebody else',
        '> please pay at once',
      ].join('\n'),
    );
    expect(sentences).toEqual([
      'VPN refuses me',
      'since Monday the tunnel stays down.',
      'It worked last week.',
    ]);
    expect(log).toBe('2026-11-05 06:15:02 ERROR handshake failed');
  });

  it('stops at a quoted mail', () => {
    const { sentences } = messageOf(
      'Printer is stuck.\n\nOn 4 Nov, Bob <b@example.org> wrote:\nPlease call me about the lease.',
    );
    expect(sentences).toEqual(['Printer is stuck.']);
  });

  it('takes a question without content together with what it is about', () => {
    expect(messageOf('our VPN certificate expired, what now?').parts).toEqual([
      'our VPN certificate expired, what now?',
    ]);
    expect(messageOf('The printer on floor 2 jams. Any ideas?').parts).toEqual([
      'The printer on floor 2 jams.',
    ]);
  });

  it('separates two requests', () => {
    const { parts } = messageOf('How do I reset my password? And where can I order a second monitor?');
    expect(parts).toEqual(['How do I reset my password?', 'And where can I order a second monitor?']);
  });

  it('takes each item of a list as one request with all its sentences', () => {
    const { parts } = messageOf(
      'Two things\n\na) Nobody feeds her cat. May I?\nb) Her plants need water on Friday.\n\nCarol',
    );
    expect(parts).toEqual(['Nobody feeds her cat. May I?', 'Her plants need water on Friday.']);
  });

  it('leaves out a signature of several columns', () => {
    const { sentences } = messageOf(
      'The kettle leaks.\n\nHugo Marsh\nSenior Manager | Kettles Ltd, Leeds\nt 0117 496 0174  |  Please consider the environment before printing.',
    );
    expect(sentences).toEqual(['The kettle leaks.']);
  });

  it('always finds a part where there is a word, in the words of the message', () => {
    fc.assert(
      fc.property(fc.lorem({ maxCount: 30 }), (text) => {
        const { parts } = messageOf(text);
        expect(parts.length).toBeGreaterThan(0);
        for (const part of parts) expect(text.replace(/\s+/g, ' ')).toContain(part);
      }),
    );
  });
});
