import type { Evidence, Observation } from '../contracts/index.js';
import type { AgentPorts } from '../ports.js';
import type { ToolResult } from './tool-bench.js';

/** Results that found something, as observations numbered on from those that are known. */
export function observationsOf(results: readonly ToolResult[], known: number): Observation[] {
  return results
    .flatMap(({ found }) => found ?? [])
    .map(({ prepared: { tool, target }, finding }, at) => {
      const { ok, code, summary, facts, startedAt, ms } = finding;
      return {
        ...{ id: observationId(known + at), tool, target, ok, ...(code && { code }) },
        ...{ summary, facts: { ...facts }, startedAt, ms },
      };
    });
}

/** The id of the observation at this place, from 0; its evidence has the same. */
export const observationId = (place: number): string => `ev_o${place + 1}`;

/** An observation, word for word, as evidence under its own id. */
export function evidenceOf(
  { id, tool, target, summary }: Observation,
  source: string,
  hash: AgentPorts['hash'],
): Evidence {
  return {
    ...{ id, kind: 'observation', source, title: `${tool} ${target}` },
    ...{ quote: summary, span: [0, summary.length], hash: hash(summary) },
  };
}
