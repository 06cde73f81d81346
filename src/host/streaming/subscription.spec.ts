import { describe, expect, it } from '@jest/globals';
import type { LoggedEvent } from '../../engine/runtime.js';
import { matches, readFilter } from './subscription.js';

const event = (
  method: LoggedEvent['method'],
  namespace: string[] = [],
  name: string | null = null,
): LoggedEvent => ({
  seq: 1,
  eventId: 'e',
  runId: null,
  method,
  name,
  namespace,
  json: '',
});

describe('a subscription', () => {
  it.each<[string[], LoggedEvent, boolean]>([
    [['values'], event('values'), true],
    [['values'], event('updates'), false],
    [['custom'], event('custom', [], 'progress'), true],
    [['custom:progress'], event('custom', [], 'progress'), true],
    [['custom:progress'], event('custom', [], 'evidence'), false],
  ])('on %j', (channels, found, expected) => {
    expect(matches(readFilter({ channels }), found)).toBe(expected);
  });

  it.each<[string[][], number | undefined, string[], boolean]>([
    [[['a']], undefined, ['a', 'b'], true],
    [[['a']], undefined, ['b'], false],
    [[['a']], undefined, ['a:8f3c', 'b'], true],
    [[['a:1']], undefined, ['a:2'], false],
    [[['a'], ['b']], 0, ['b'], true],
    [[[]], 0, [], true],
    [[[]], 0, ['a'], false],
    [[['a']], 1, ['a', 'b', 'c'], false],
  ])('below %j to depth %s', (namespaces, depth, found, expected) => {
    const filter = readFilter({ channels: ['values'], namespaces, ...(depth !== undefined && { depth }) });
    expect(matches(filter, event('values', found))).toBe(expected);
  });

  it('refuses a channel that does not exist by its name', () => {
    expect(() => readFilter({ channels: ['values', 'gossip'] })).toThrow(/gossip/);
  });
});
