import { setTimeout as wait } from 'node:timers/promises';
import type { Clock, LearnedRouting } from '../../../agents/ports.js';
import type { LearnedQuality } from '../runtime.contract.js';
import { createPredictor, type Predictor } from './classifier/classifier.js';
import type { ClassifierStore } from './classifier/classifier-store.js';
import { type Embedding, learnClassifier } from './classifier/learn.js';
import type { TicketStore } from './ticket-store.js';

export interface RetrainOptions {
  readonly onProgress?: (done: number, of: number) => void;
}

/** Routes a tenant's tickets as its solved ones were routed, and learns anew when those change. */
export interface TicketRouter {
  /** Null while nothing was learned: too few tickets bear labels, or the first of many are still being read. */
  predict(tenant: string, text: string): Promise<LearnedRouting | null>;
  /** Learns from all solved tickets now; joins a training that has just begun. Null where there is too little. */
  retrain(tenant: string, options?: RetrainOptions): Promise<LearnedQuality | null>;
  /** To be told when solved tickets have changed: learns once they rest. */
  changed(tenant: string): void;
  summary(tenant: string): Promise<LearnedQuality | null>;
  close(): Promise<void>;
}

export interface TicketRouterParts {
  readonly tickets: TicketStore;
  readonly classifiers: ClassifierStore;
  readonly clock: Clock;
  readonly embedding?: Embedding;
}

/** Up to so many tickets are learned in a second or two, for which a first question waits; more are learned beside it. */
const FEW = 1_000;
/** How long the first question waits for them on a busy machine; then it goes without. */
const PATIENCE_MS = 5_000;
/** Corrections come one by one, and files of tickets in parts. */
const REST_MS = 2_000;

export function createTicketRouter({
  tickets,
  classifiers,
  clock,
  embedding,
}: TicketRouterParts): TicketRouter {
  const predictors = new Map<string, Promise<Predictor | null>>();
  const trainings = new Map<string, Promise<Predictor | null>>();
  /** Tenants whose tickets have changed since the last training began. */
  const stale = new Set<string>();
  const rests = new Map<string, AbortController>();
  const closing = new AbortController();

  async function learn(tenant: string, { onProgress }: RetrainOptions): Promise<Predictor | null> {
    stale.delete(tenant);
    const solved = await tickets.labelled(tenant);
    const classifier = await learnClassifier(solved, {
      signal: closing.signal,
      ...(onProgress && { onProgress }),
      ...(embedding && { embedding }),
    });
    if (!classifier) return null;
    await classifiers.save(tenant, classifier, { tickets: solved.length, at: clock.now() });
    return createPredictor(classifier);
  }

  /** One training a tenant at a time. */
  function train(tenant: string, options: RetrainOptions = {}): Promise<Predictor | null> {
    const running = trainings.get(tenant);
    if (running) return running;
    const training = learn(tenant, options).finally(() => trainings.delete(tenant));
    trainings.set(tenant, training);
    training.then(
      (predictor) => predictors.set(tenant, Promise.resolve(predictor)),
      // The next question tries again; what was learned before goes on until then.
      () => undefined,
    );
    return training;
  }

  async function learnAfterRest(tenant: string, signal: AbortSignal): Promise<void> {
    await wait(REST_MS, undefined, { signal, ref: false });
    // What a running training has read may be older than the change.
    await Promise.allSettled([trainings.get(tenant)]);
    if (stale.has(tenant)) await train(tenant);
  }

  async function load(tenant: string): Promise<Predictor | null> {
    const [stored, summary, count] = await Promise.all([
      classifiers.load(tenant),
      classifiers.summary(tenant),
      tickets.count(tenant),
    ]);
    const isUsable = stored !== null && stored.embedding === (embedding?.name ?? '');
    // Another process, or one that stopped too soon, may have learned tickets that this one knows nothing of.
    const isStale = stale.has(tenant) || summary?.tickets !== count;
    const old = isUsable ? createPredictor(stored) : null;
    if (isUsable && !isStale) return old;
    const training = train(tenant);
    training.catch(() => undefined);
    return count <= FEW ? Promise.race([training, wait(PATIENCE_MS, old, { ref: false })]) : old;
  }

  function predictorOf(tenant: string): Promise<Predictor | null> {
    const known = predictors.get(tenant);
    if (known) return known;
    const loading = load(tenant);
    predictors.set(tenant, loading);
    loading.catch(() => predictors.delete(tenant));
    return loading;
  }

  return {
    async predict(tenant, text) {
      const predict = await predictorOf(tenant);
      if (!predict) return null;
      const [meaning] = (await embedding?.embed([text])) ?? [];
      return predict(text, meaning);
    },

    async retrain(tenant, options) {
      const running = trainings.get(tenant);
      if (running && stale.has(tenant)) await Promise.allSettled([running]);
      await train(tenant, options);
      return classifiers.summary(tenant);
    },

    changed(tenant) {
      stale.add(tenant);
      rests.get(tenant)?.abort();
      const rest = new AbortController();
      rests.set(tenant, rest);
      const signal = AbortSignal.any([rest.signal, closing.signal]);
      // A later change, the end, or a training that fails: the next question or change tries again.
      learnAfterRest(tenant, signal).catch(() => undefined);
    },

    summary: classifiers.summary,

    async close() {
      closing.abort();
      await Promise.allSettled(trainings.values());
    },
  };
}
