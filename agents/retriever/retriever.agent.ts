import type { z } from 'zod';
import { type Evidence, fault } from '../contracts/index.js';
import type { AgentPorts, Passage, RetrievalOptions } from '../ports.js';
import type { RunContext } from '../run-context.js';
import type { SupportPatch, SupportStateType } from '../state.js';
import { contentWords, shorten } from '../text.js';
import { earlierTurns, questionOf, searchNote, visitOf } from '../transcript.js';
import { type RankedDocument, rerank } from './rerank.js';
import { type RetrieverOutput, retrieverOutput, retrieverOutputWithPassage } from './retriever.output.js';

const HITS = 8;
/** Documents that one search may add; a follow-up search for one part of the question adds fewer. */
const DOCUMENTS = 3;
const FOLLOW_UP_DOCUMENTS = 2;
/** The best document is read whole up to this many passages: its steps rarely repeat the question's words. */
const WHOLE_DOCUMENT = 8;
/** A document whose best place is worth less than this share of a first place is not read. */
const WORTH_READING = 0.45;
/** Where colleagues linked the document that the search found best, the others are worth this share of what they were. */
const APART = 0.8;
/** A rewritten query beside the message itself: it adds documents, it does not overrule. */
const REWRITTEN_WEIGHT = 0.7;

/** Finds the passages that may answer, and reads the best documents in order. */
export function createRetriever(ports: AgentPorts) {
  return async (state: SupportStateType, run: RunContext): Promise<SupportPatch> => {
    const { visit, counted } = visitOf(state, 'retriever');
    const followUp = state.assignment?.to === 'retriever' ? state.assignment : null;
    run.emit({
      channel: 'custom',
      name: 'progress',
      payload: {
        agent: 'retriever',
        stage: 'started',
        text: followUp ? 'Searching again' : 'Searching the knowledge base',
      },
    });
    const asked = followUp ? { queries: equal(followUp.queries) } : await rewrite(ports, state, visit, run);
    const retrieval: RetrievalOptions = 'retrieval' in asked ? asked.retrieval : {};
    const { limit = DOCUMENTS, rerank: candidates = 0 } = retrieval;
    const found = await Promise.all(
      asked.queries.map(async ({ text, weight }) => ({
        weight,
        hits: await ports.knowledge.search({ text, limit: Math.max(HITS, candidates), ...scope(run) }, run),
      })),
    );
    const byScore = rank(found);
    const ordered =
      candidates > 0
        ? await rerank(
            ports,
            byScore.slice(0, candidates),
            { visit, variables: promptVariables(ports, state, run) },
            run,
          )
        : byScore;
    const ranked = ordered.filter(({ score }) => score >= WORTH_READING);
    const chosen = followUp
      ? [...linked(state), ...ranked].slice(0, FOLLOW_UP_DOCUMENTS)
      : ranked.slice(0, limit);
    const isAgreed = chosen[0] !== undefined && chosen[0].id === state.decision?.articles[0]?.articleId;
    const passages = await Promise.all(
      chosen.map(async (document, index) => {
        const share = isAgreed && index > 0 ? APART : 1;
        const relevance = Math.round(100 * Math.min(1, share * document.score)) / 100;
        return (await read(ports, document, index, run)).map((passage) => ({ ...passage, relevance }));
      }),
    );
    const evidence = asEvidence(passages.flat(), state.evidence, ports.hash);
    if (evidence.length > 0)
      run.emit({
        channel: 'custom',
        name: 'evidence',
        payload: evidence.map(({ id, kind, source, title }) => ({ id, kind, source, title })),
      });
    run.emit({
      channel: 'custom',
      name: 'progress',
      payload: {
        agent: 'retriever',
        stage: 'finished',
        text: evidence.length > 0 ? `Read ${titles(evidence)}` : 'Found nothing new',
        ...('prompt' in asked && { prompt: asked.prompt, model: asked.model }),
      },
    });
    return {
      evidence,
      tried: asked.queries.map(({ text }) => searchNote(text)),
      visits: counted,
    };
  };
}

const scope = (run: RunContext) => (run.options.collection ? { collection: run.options.collection } : {});

const titles = (evidence: readonly Evidence[]) =>
  [...new Set(evidence.map(({ title }) => `“${title}”`))].join(', ');

async function rewrite(
  ports: AgentPorts,
  state: SupportStateType,
  visit: number,
  run: RunContext,
): Promise<{ queries: Query[]; retrieval: RetrievalOptions; prompt: string; model: string }> {
  const message = questionOf(state);
  const prompt = ports.prompts.render('retriever', promptVariables(ports, state, run), run);
  const { retrieval = {} } = prompt;
  const schema: z.ZodType<RetrieverOutput> = retrieval.hyde ? retrieverOutputWithPassage : retrieverOutput;
  const reply = await ports.models.call(
    {
      agent: 'retriever',
      visit,
      messages: prompt.messages,
      output: { name: 'queries', schema },
    },
    run,
  );
  if (!reply.output)
    throw fault('MODEL_OUTPUT_INVALID', { detail: 'The retriever got no queries from its model.' });
  const queries = [{ text: message, weight: 1 }];
  const { queries: written, passage = '' } = reply.output;
  const wanted = retrieval.decompose === false ? written.slice(0, 1) : written;
  for (const text of [...wanted, passage])
    if (text.trim() !== '') queries.push({ text, weight: REWRITTEN_WEIGHT });
  const previous = earlierTurns(state).findLast(({ who }) => who === 'user')?.text;
  // A short follow-up such as “and on a Mac?” only means something beside the question before it.
  if (previous && contentWords(message).length < 5)
    queries.push({ text: `${message} ${shorten(previous, 300)}`, weight: 1 });
  return { queries, retrieval, prompt: prompt.version, model: reply.model };
}

/** Before anything is found there are no candidates; versions that do not rerank know of none. */
function promptVariables({ prompts }: AgentPorts, state: SupportStateType, run: RunContext) {
  const reranks = prompts.takes('retriever', 'candidates', run);
  return {
    message: questionOf(state),
    earlier: earlierTurns(state),
    ...(reranks && { candidates: [] }),
  };
}

interface Query {
  readonly text: string;
  /** What a place at the top of this query's list is worth. */
  readonly weight: number;
}

const equal = (queries: readonly string[]): Query[] => queries.map((text) => ({ text, weight: 1 }));

/** The document that most colleagues linked to similar tickets, where it has not been read: words may differ, needs not. */
function linked(state: SupportStateType): RankedDocument[] {
  const [top] = state.decision?.articles ?? [];
  const isRead = state.evidence.some(({ source }) => source.startsWith(`kb:${top?.articleId}#`));
  return top && !isRead ? [{ id: top.articleId, score: top.score, passages: [] }] : [];
}

/** Documents by their best passage in any list, the best first. Each list is scaled to its own best hit. */
function rank(lists: readonly { weight: number; hits: readonly Passage[] }[]): RankedDocument[] {
  const documents = new Map<string, { score: number; passages: Passage[] }>();
  for (const { weight, hits } of lists) {
    const top = hits[0]?.score || 1;
    for (const hit of hits) {
      const known = documents.get(hit.documentId) ?? { score: 0, passages: [] };
      known.passages.push(hit);
      known.score = Math.max(known.score, (weight * hit.score) / top);
      documents.set(hit.documentId, known);
    }
  }
  return [...documents]
    .map(([id, document]) => ({ id, ...document }))
    .sort((a, b) => b.score - a.score || a.id.localeCompare(b.id));
}

/** The best document whole, the others around their hits; always in the order in which they were written. */
async function read(
  ports: AgentPorts,
  document: RankedDocument,
  place: number,
  run: RunContext,
): Promise<readonly Passage[]> {
  const all = await ports.knowledge.open(document.id, run);
  if (place === 0 || all.length <= WHOLE_DOCUMENT / 2) return all.slice(0, WHOLE_DOCUMENT);
  const near = new Set(document.passages.flatMap(({ position }) => [position - 1, position, position + 1]));
  return all.filter(({ position }) => near.size === 0 || near.has(position)).slice(0, WHOLE_DOCUMENT / 2);
}

function asEvidence(
  passages: readonly (Passage & { readonly relevance: number })[],
  known: readonly Evidence[],
  hash: AgentPorts['hash'],
): Evidence[] {
  const sources = new Set(known.map(({ source }) => source));
  let count = known.filter(({ kind }) => kind === 'passage').length;
  const added: Evidence[] = [];
  for (const { documentId, chunkId, title, text, span, relevance } of passages) {
    const source = `kb:${documentId}#${chunkId}`;
    if (sources.has(source)) continue;
    sources.add(source);
    count += 1;
    added.push({
      id: `ev_p${count}`,
      kind: 'passage',
      source,
      title,
      quote: text,
      span: [span[0], span[1]],
      hash: hash(text),
      relevance,
    });
  }
  return added;
}
