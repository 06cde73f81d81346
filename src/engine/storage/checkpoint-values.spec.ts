import { describe, expect, it } from '@jest/globals';
import { Send } from '@langchain/langgraph';
import { DeltaSnapshot } from '@langchain/langgraph-checkpoint';
import fc from 'fast-check';
import { decodeValue, encodeValue, type StoredValue } from './checkpoint-values.js';

const roundTrip = (value: unknown) => decodeValue(encodeValue('value', value));

/** What LangGraph's own serializer would bring to life. */
const envelope = fc.record({
  lc: fc.constantFrom(1, 2),
  type: fc.constantFrom('constructor', 'undefined', 'delta_snapshot', 'secret', 'not_implemented'),
  id: fc.constantFrom(
    ['langchain_core', 'messages', 'HumanMessage'],
    ['Set'],
    ['Map'],
    ['RegExp'],
    ['Error'],
  ),
  kwargs: fc.constant({ content: 'hi' }),
  args: fc.constantFrom([], [[]], ['a', 'g']),
  value: fc.jsonValue(),
});
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.jsonValue(),
    envelope,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.string({ unit: 'binary' }), tie('tree'), { maxKeys: 3 }),
  ),
}));

describe('encodeValue', () => {
  it('gives any JSON back as it was, envelopes included', () => {
    fc.assert(
      fc.property(tree, (value) => expect(roundTrip(value)).toEqual(JSON.parse(JSON.stringify(value)))),
    );
  });

  it('keeps undefined, odd keys and unpaired surrogates', () => {
    expect(roundTrip(undefined)).toBeUndefined();
    expect(roundTrip('\ud800 \0')).toBe('\ud800 \0');
    const odd: unknown = JSON.parse('{"__proto__":{"x":1},"constructor":{"prototype":2},"":3}');
    expect(JSON.stringify(roundTrip(odd))).toBe(JSON.stringify(odd));
  });

  it('keeps what LangGraph itself puts into a checkpoint', () => {
    expect(roundTrip(new DeltaSnapshot(['a', { lc: 2, type: 'undefined' }]))).toEqual(
      new DeltaSnapshot(['a', { lc: 2, type: 'undefined' }]),
    );
    expect(roundTrip([new Send('resolver', { n: 1 })])).toMatchObject([{ node: 'resolver', args: { n: 1 } }]);
  });

  const cycle: { self?: unknown } = {};
  cycle.self = { back: [cycle] };
  it.each<[name: string, value: unknown, detail: RegExp]>([
    ['BigInt', { a: [1n] }, /draft\.a\[0\] is a bigint\.$/],
    ['NaN', { a: Number.NaN }, /draft\.a is NaN\.$/],
    ['Infinity', [Number.NEGATIVE_INFINITY], /draft\[0\] is -Infinity\.$/],
    ['a function', { a: () => 1 }, /draft\.a is a function\.$/],
    ['a symbol', Symbol('s'), /draft is a symbol\.$/],
    ['undefined in a list', [1, undefined], /draft\[1\] is a undefined\.$/],
    ['a hole in a list', new Array(1), /draft\[0\] is a undefined\.$/],
    ['a Date', { at: new Date(0) }, /draft\.at is a Date\.$/],
    ['a Map', new Map(), /draft is a Map\.$/],
    ['bytes', new Uint8Array(1), /draft is a Uint8Array\.$/],
    ['a cycle', cycle, /contains itself or is nested too deeply\.$/],
  ])('refuses %s, naming the place', (_, value, detail) => {
    expect(() => encodeValue('draft', value)).toThrow(detail);
  });

  it('never stores what it would not give back', () => {
    const unsigned = (value: unknown): unknown => {
      if (typeof value === 'number') return value + 0;
      if (typeof value !== 'object' || value === null) return value;
      return Array.isArray(value)
        ? value.map(unsigned)
        : Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unsigned(member)]));
    };
    const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true });
    fc.assert(
      fc.property(anything, (value) => {
        let stored: StoredValue;
        try {
          stored = encodeValue('value', value);
        } catch {
          return;
        }
        expect(decodeValue(stored)).toEqual(unsigned(value));
      }),
    );
  });
});
