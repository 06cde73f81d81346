import { type Decision, type Entity, fault, type Taxonomy } from '../contracts/index.js';
import type { AgentPorts, Duplicate, LabelShare, LearnedRouting, SimilarTicket } from '../ports.js';
import type { RunContext } from '../run-context.js';
import type { SupportPatch, SupportStateType } from '../state.js';
import { shorten } from '../text.js';
import { messageOf, questionOf, visitOf } from '../transcript.js';
import { priorityWithLessons, queueWithLessons, withLessons } from './learned.js';
import { humanReasons } from './needs-human.js';
import { type TriageOutput, triageOutput } from './triage.output.js';

/** Below this a solved ticket says nothing about articles. */
const RELATED = 0.2;
const EXAMPLES = 8;
/** Solved tickets that tell what articles colleagues linked. */
const VOTERS = 40;

/** Sorts the message against the tenant's own taxonomy. A label that nobody chose is null, never a guess. */
export function createTriage(ports: AgentPorts) {
  return async (state: SupportStateType, run: RunContext): Promise<SupportPatch> => {
    const { visit, counted } = visitOf(state, 'triage');
    const message = questionOf(state);
    run.emit({
      channel: 'custom',
      name: 'progress',
      payload: { agent: 'triage', stage: 'started', text: 'Sorting the message' },
    });
    const { collection } = run.options;
    const [taxonomy, similar, routing, duplicates, [found]] = await Promise.all([
      ports.tickets.taxonomy(run),
      ports.tickets.similar(message, VOTERS, run),
      ports.tickets.routing(message, run),
      ports.tickets.duplicates({ id: state.ticket?.id ?? null, text: message }, run),
      ports.knowledge.search({ text: message, limit: 1, ...(collection && { collection }) }, run),
    ]);
    const others = similar.filter((ticket) => ticket.id !== state.ticket?.id);
    const prompt = ports.prompts.render(
      'triage',
      {
        categories: taxonomy.categories.map(({ value, description }) => ({ label: value, description })),
        impact: taxonomy.impact,
        urgency: taxonomy.urgency,
        // A version with examples of its own wants none of the tenant's.
        ...(ports.prompts.takes('triage', 'examples', run) && { examples: examplesFrom(others) }),
        found: found ? [found.title] : [],
        message,
      },
      run,
    );
    const reply = await ports.models.call(
      { agent: 'triage', visit, messages: prompt.messages, output: { name: 'triage', schema: triageOutput } },
      run,
    );
    if (!reply.output)
      throw fault('MODEL_OUTPUT_INVALID', { detail: 'Triage got no decision from its model.' });
    const memories = { similar: others, duplicates, routing };
    const decision = decide(reply.output, taxonomy, memories, messageOf(state));
    run.emit({
      channel: 'custom',
      name: 'progress',
      payload: {
        agent: 'triage',
        stage: 'finished',
        text: `${decision.category.value ?? 'no category fits'} · ${decision.priority.value ?? 'no priority'}`,
        prompt: prompt.version,
        model: reply.model,
      },
    });
    return { decision, visits: counted };
  };
}

const examplesFrom = (similar: readonly SimilarTicket[]) =>
  similar
    .flatMap(({ subject, body, category }) =>
      category ? [{ text: shorten(`${subject}\n${body}`, 400), label: category }] : [],
    )
    .slice(0, EXAMPLES);

/** What the tenant's tickets say about a message. */
interface Memories {
  readonly similar: readonly SimilarTicket[];
  readonly duplicates: readonly Duplicate[];
  readonly routing?: LearnedRouting | null;
}

/** Turns a model's words and what was learned into a decision that only holds labels of the taxonomy. Pure. */
export function decide(
  output: TriageOutput,
  taxonomy: Taxonomy,
  { similar, duplicates, routing = null }: Memories,
  message: string,
): Decision {
  const known = new Map(taxonomy.categories.map((category) => [category.value, category]));
  const ranked = output.candidates.filter(({ label }) => known.has(label));
  const chosen = output.category !== null && known.has(output.category) ? output.category : null;
  const category = withLessons(
    {
      value: chosen,
      confidence: null,
      score: ranked.find(({ label }) => label === chosen)?.score ?? 0,
      alternatives: ranked
        .filter(({ label }) => label !== chosen)
        .map(({ label, score }) => ({ value: label, confidence: null, score })),
    },
    routing?.category,
    (label) => known.has(label),
  );
  const queueOf = (value: string | null) => (value === null ? null : (known.get(value)?.queue ?? null));
  const queue = queueOf(category.value);
  const alternativeQueues = new Map<string, number>();
  for (const { value, score } of category.alternatives) {
    const other = queueOf(value);
    if (other && other !== queue)
      alternativeQueues.set(other, Math.max(score, alternativeQueues.get(other) ?? 0));
  }
  const level = (wanted: number | null, scale: readonly { level: number }[]) =>
    scale.some(({ level: listed }) => listed === wanted) ? wanted : null;
  const impact = level(output.impact, taxonomy.impact);
  const urgency = level(output.urgency, taxonomy.urgency);
  const priority = impact && urgency ? (taxonomy.priority[impact - 1]?.[urgency - 1] ?? null) : null;
  const decided = {
    category,
    priority: priorityWithLessons(
      { value: priority, impact, urgency, confidence: null },
      routing?.priority,
      taxonomy,
    ),
    language: output.language,
  };
  const reasons = humanReasons(decided, taxonomy);
  if (output.category !== null && chosen === null)
    reasons.push('The model named a category that does not exist.');
  return {
    ...decided,
    queue: queueWithLessons(
      {
        value: queue,
        confidence: null,
        score: category.score,
        alternatives: [...alternativeQueues].map(([value, score]) => ({ value, confidence: null, score })),
      },
      routing?.queue,
      taxonomy,
    ),
    sentiment: output.sentiment,
    entities: locate(output.entities, message),
    duplicates: [...duplicates],
    articles: linkedArticles(similar, routing?.articles ?? []),
    needsHuman: reasons.length > 0,
    reasons,
  };
}

/** Entities with their places; what does not literally stand in the message is dropped. */
function locate(entities: TriageOutput['entities'], message: string): Entity[] {
  const next = new Map<string, number>();
  return entities.flatMap(({ type, value }) => {
    const at = value === '' ? -1 : message.indexOf(value, next.get(value) ?? 0);
    if (at < 0) return [];
    next.set(value, at + value.length);
    return [{ type, value, span: [at, at + value.length] as [number, number] }];
  });
}

/** What colleagues linked to similar tickets, and what they would link by all they linked; best first, shares sum to 1. */
function linkedArticles(
  similar: readonly SimilarTicket[],
  learned: readonly LabelShare[],
): Decision['articles'] {
  const votes = new Map<string, number>();
  const vote = (id: string, weight: number) => votes.set(id, (votes.get(id) ?? 0) + weight);
  const related = similar.filter(({ score, articles }) => score >= RELATED && articles.length > 0);
  const heard = related.reduce((sum, { score }) => sum + score, 0);
  for (const { articles, score } of related)
    for (const id of articles) vote(id, score / heard / articles.length);
  for (const { label, share } of learned) vote(label, share);
  const total = [...votes.values()].reduce((sum, weight) => sum + weight, 0);
  return [...votes]
    .map(([articleId, weight]) => ({ articleId, score: weight / total }))
    .sort((a, b) => b.score - a.score || a.articleId.localeCompare(b.articleId))
    .slice(0, 5);
}
