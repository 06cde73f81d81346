import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Observation } from '../contracts/index.js';
import { buildBoard } from './board.js';
import { CAUSES } from './runbooks/causes.js';
import type { FactRule } from './runbooks/signs.js';
import { TOOLS } from './tools/tools.js';

const observed = (id: string, tool: string, facts: Record<string, string>, target = 'vpn.example.com') => ({
  ...{ id, tool, target, ok: true, summary: '', facts, startedAt: '', ms: 1 },
});
const expired = observed('ev_o1', 'tls.inspect', {
  ...{ validity: 'expired', connection: 'ok', 'name match': 'yes', verification: 'CERT_HAS_EXPIRED' },
});
const refused = observed('ev_o2', 'tcp.connect', { connection: 'refused' });
const silent = observed('ev_o1', 'tcp.connect', { connection: 'timeout' });
const proposal = (cause: string, score: number, supportedBy: string[] = []) => ({
  ...{ cause, score, supportedBy, refutedBy: [] },
});
const boardOf = (
  proposed: Parameters<typeof buildBoard>[0]['proposed'],
  observations: readonly Observation[],
  message = '',
) =>
  buildBoard({
    ...{ message, proposed, observations, ratesOf: () => null },
    knownIds: new Set(observations.map(({ id }) => id)),
  });

describe('the hypothesis board', () => {
  it('is led by what facts decide, however sure the model is of something else', () => {
    const { hypotheses, deciding } = boardOf(
      [proposal('service not running', 1), proposal('device certificate expired', 0.9)],
      [expired],
    );
    expect(hypotheses[0]).toMatchObject({ cause: 'server certificate expired', supportedBy: ['ev_o1'] });
    expect(hypotheses.find(({ cause }) => cause === 'device certificate expired')).toMatchObject({
      refutedBy: ['ev_o1'],
    });
    expect(deciding).toBe(expired);
  });

  it('caps a guess and drops what is no candidate and no known id', () => {
    const seen = [observed('ev_o1', 'tcp.connect', { connection: 'other' })];
    const { hypotheses, deciding } = boardOf(
      [proposal('Port Blocked ', 1, ['ev_o1', 'ev_o9']), proposal('sabotage <b>', 1)],
      seen,
    );
    expect(hypotheses).toMatchObject([{ cause: 'port blocked', supportedBy: ['ev_o1'], refutedBy: [] }]);
    expect(hypotheses[0]?.probability).toBeLessThan(0.5);
    expect(deciding).toBeNull();
  });

  it('does not call a silent resolver a missing name', () => {
    const asked = observed('ev_o1', 'dns.lookup', { type: 'A', status: 'timeout' });
    expect(boardOf([], [asked]).hypotheses[0]?.cause).toBe('DNS server failing');
  });

  it('calls a silent port blocked only where the host answers elsewhere', () => {
    const leader = (...seen: Observation[]) => boardOf([], seen).hypotheses[0]?.cause;
    expect(leader(silent)).toBe('host down or not reachable');
    expect(leader(silent, refused)).toBe('port blocked');
    expect(leader(refused)).toBe('service not running');
  });

  it('names the observation from which on the leading cause leads', () => {
    const before = observed('ev_o0', 'dns.lookup', { type: 'A', status: 'ok' });
    const after = observed('ev_o3', 'http.probe', { connection: 'ok', 'status class': '2xx' });
    expect(boardOf([], [before, expired, after]).deciding).toBe(expired);
  });

  it('does not mix what it saw of two hosts', () => {
    const healthy = observed(
      'ev_o3',
      'tls.inspect',
      { validity: 'valid', connection: 'ok', trust: 'trusted', verification: 'ok', 'name match': 'yes' },
      'www.example.com:8443',
    );
    const both = boardOf([], [healthy, expired]).hypotheses[0];
    expect(both).toEqual(boardOf([], [expired]).hypotheses[0]);
  });

  it('reads what the message says as a sign too', () => {
    const sound = observed('ev_o1', 'tls.inspect', {
      verification: 'ok',
      validity: 'valid',
      trust: 'trusted',
    });
    const clock = boardOf([], [sound], 'not yet valid, and the clock of my laptop is wrong').hypotheses[0];
    expect(clock).toMatchObject({ cause: 'wrong clock on the device', supportedBy: ['ev_o1'] });
    expect(boardOf([], [], 'the clock is wrong').hypotheses).toEqual([]);
  });

  it('keeps every promise for every proposal and every mix of facts', () => {
    const rules = CAUSES.flatMap(({ signs }) => signs.flatMap(({ all }): readonly FactRule[] => all));
    const observations = fc
      .array(fc.constantFrom(...rules), { maxLength: 6 })
      .map((chosen) =>
        chosen.map(({ tools, facts }, at) =>
          observed(
            `ev_o${at + 1}`,
            tools[0] ?? '',
            Object.fromEntries(Object.entries(facts).map(([fact, is]) => [fact, is[0] ?? ''])),
          ),
        ),
      );
    const id = fc.constantFrom('ev_o1', 'ev_o2', 'ev_p1', 'nonsense');
    const proposed = fc.array(
      fc.record({
        cause: fc.oneof(fc.constantFrom(...CAUSES.map(({ name }) => name)), fc.string()),
        score: fc.double({ min: 0, max: 1, noNaN: true }),
        supportedBy: fc.array(id),
        refutedBy: fc.array(id),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(proposed, observations, (claims, seen) => {
        const { hypotheses, deciding } = boardOf(claims, seen);
        const ids = new Set(seen.map((observation) => observation.id));
        expect(hypotheses.reduce((total, { probability }) => total + probability, 0)).toBeLessThanOrEqual(
          0.96,
        );
        for (const { cause, probability, supportedBy, refutedBy } of hypotheses) {
          expect(CAUSES.some(({ name }) => name === cause)).toBe(true);
          expect([...supportedBy, ...refutedBy].every((known) => ids.has(known))).toBe(true);
          expect(probability).toBeGreaterThanOrEqual(0);
        }
        expect(hypotheses.length).toBeLessThanOrEqual(6);
        const order = hypotheses.map(({ probability }) => probability);
        expect(order).toEqual([...order].sort((one, other) => other - one));
        if (deciding) expect(hypotheses[0]?.supportedBy.length).toBeGreaterThan(0);
      }),
    );
  });

  it('has rules for tools that exist only', () => {
    const tools = new Set(TOOLS.map(({ name }) => name));
    for (const { tools: asked, facts } of CAUSES.flatMap(({ signs }) =>
      signs.flatMap(({ all }) => [...all]),
    )) {
      expect(asked.filter((tool) => !tools.has(tool))).toEqual([]);
      expect(
        Object.values(facts)
          .flat()
          .filter((value) => value.includes(', ')),
      ).toEqual([]);
    }
  });
});
