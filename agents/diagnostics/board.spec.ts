import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Observation } from '../contracts/index.js';
import { buildBoard } from './board.js';
import { CAUSES } from './runbooks/causes.js';
import { TOOLS } from './tools/tools.js';

const observed = (id: string, tool: string, facts: Record<string, string>): Observation => ({
  ...{ id, tool, target: 'vpn.example.com', ok: true, summary: '', facts, startedAt: '', ms: 1 },
});
const expired = observed('ev_o1', 'tls.inspect', {
  validity: 'expired',
  connection: 'ok',
  'name match': 'yes',
});
const proposal = (cause: string, score: number, supportedBy: string[] = []) => ({
  ...{ cause, score, supportedBy, refutedBy: [] },
});
const board = (proposed: Parameters<typeof buildBoard>[0], observations: Observation[]) =>
  buildBoard(proposed, observations, CAUSES, new Set(observations.map(({ id }) => id)));

describe('the hypothesis board', () => {
  it('is led by what a fact supports, however sure the model is of something else', () => {
    const [first, second] = board(
      [proposal('service not running', 1), proposal('device certificate expired', 0.9)],
      [expired],
    );
    expect(first).toMatchObject({ cause: 'server certificate expired', supportedBy: ['ev_o1'] });
    expect(second).toMatchObject({ probability: 0, refutedBy: ['ev_o1'] });
  });

  it('caps a guess and drops what is no candidate and no known id', () => {
    const found = board(
      [proposal('Wrong clock on the device ', 0.9, ['ev_o1', 'ev_o9']), proposal('sabotage <b>', 1)],
      [observed('ev_o1', 'tls.inspect', { validity: 'valid' })],
    );
    expect(found).toEqual([
      { cause: 'wrong clock on the device', probability: 0.5, supportedBy: ['ev_o1'], refutedBy: [] },
    ]);
  });

  it('does not call a silent resolver a missing name', () => {
    const silent = observed('ev_o1', 'dns.lookup', { status: 'timeout' });
    expect(board([proposal('name does not exist', 0.9)], [silent]).map(({ cause }) => cause)).toEqual([
      'DNS server failing',
      'name does not exist',
    ]);
  });

  it('keeps every promise for every proposal and every mix of facts', () => {
    const rules = CAUSES.flatMap(({ supportedBy, refutedBy }) => [...supportedBy, ...refutedBy]);
    const observations = fc
      .array(fc.constantFrom(...rules), { maxLength: 6 })
      .map((chosen) =>
        chosen.map(({ tool, fact, is }, at) => observed(`ev_o${at + 1}`, tool, { [fact]: is[0] ?? '' })),
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
      fc.property(proposed, observations, (hypotheses, seen) => {
        const found = board(hypotheses, seen);
        const ids = new Set(seen.map((observation) => observation.id));
        expect(found.reduce((sum, { probability }) => sum + probability, 0)).toBeLessThanOrEqual(1);
        for (const { cause, probability, supportedBy, refutedBy } of found) {
          expect(CAUSES.some(({ name }) => name === cause)).toBe(true);
          expect([...supportedBy, ...refutedBy].every((known) => ids.has(known))).toBe(true);
          expect(probability).toBeGreaterThanOrEqual(0);
        }
        const leader = CAUSES.find(({ name }) => name === found[0]?.cause);
        const holds = (rule: { tool: string; fact: string; is: readonly string[] }) =>
          seen.some(({ tool, facts }) => tool === rule.tool && rule.is.includes(facts[rule.fact] ?? ''));
        const refuted = leader?.refutedBy.some(holds) && !leader.supportedBy.some(holds);
        if (refuted) expect(found[0]?.probability).toBe(0);
      }),
    );
  });

  it('has rules for tools that exist only, and each cause once', () => {
    const tools = new Set(TOOLS.map(({ name }) => name));
    for (const { supportedBy, refutedBy } of CAUSES) {
      for (const { tool, is } of [...supportedBy, ...refutedBy]) {
        expect(tools.has(tool)).toBe(true);
        expect(is.every((value) => !value.includes(', '))).toBe(true);
      }
    }
    expect(new Set(CAUSES.map(({ name }) => name)).size).toBe(CAUSES.length);
  });
});
