import type { AgentPorts, Passage } from '../ports.js';
import type { RunContext } from '../run-context.js';
import { shorten } from '../text.js';
import { orderOutput } from './retriever.output.js';

export interface RankedDocument {
  readonly id: string;
  readonly score: number;
  readonly passages: readonly Passage[];
}

const SHOWN = 600;

/**
 * Lets the model put the best documents in order (listwise, arXiv 2304.09542). Places keep their scores and documents move
 * between them: what an order says is who is better, not by how much. A document that it leaves out stays behind the others.
 */
export async function rerank(
  ports: AgentPorts,
  documents: readonly RankedDocument[],
  asked: { readonly visit: number; readonly variables: Readonly<Record<string, unknown>> },
  run: RunContext,
): Promise<readonly RankedDocument[]> {
  if (documents.length < 2) return documents;
  const byId = new Map(documents.map((document, index) => [`d${index + 1}`, document]));
  const candidates = [...byId].map(([id, { passages }]) => ({
    id,
    title: passages[0]?.title ?? '',
    text: shorten(passages[0]?.text ?? '', SHOWN),
  }));
  const { messages } = ports.prompts.render('retriever', { ...asked.variables, candidates }, run);
  const { output } = await ports.models.call(
    { agent: 'retriever', visit: asked.visit, messages, output: { name: 'order', schema: orderOutput } },
    run,
  );
  const ordered = new Set([...(output?.order ?? []).filter((id) => byId.has(id)), ...byId.keys()]);
  return [...ordered].flatMap((id, place) => {
    const document = byId.get(id);
    return document ? [{ ...document, score: documents[place]?.score ?? 0 }] : [];
  });
}
