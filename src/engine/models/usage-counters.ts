import type { AgentName } from '../../../agents/contracts/index.js';
import { addSpent, NOTHING_SPENT, type Spent } from './usage.js';

/** Who used a model, and for what. */
export interface UsageLabels {
  readonly tenant: string;
  readonly model: string;
  readonly agent: AgentName;
  /** Version of the agent's prompt. */
  readonly prompt: string;
}

/** What was used under the same labels since the process began. */
export interface UsageSeries extends Spent {
  readonly labels: UsageLabels;
  /** Calls that needed no request: their reply was kept, or on its way to somebody else. */
  readonly savedCalls: number;
}

/** A caller may name ever new models; what comes after so many series of a tenant is counted together. */
const MOST_SERIES = 500;
const OTHER = 'other';
const MOST_LABEL_CHARS = 200;

/** Counts the use of models by tenant, model, agent and prompt version, in bounded memory. */
export function createUsageCounters(mostSeries = MOST_SERIES) {
  const tenants = new Map<string, Map<string, UsageSeries>>();

  const count = (labels: UsageLabels, spent: Spent, savedCalls: number) => {
    const ofTenant = tenants.get(labels.tenant) ?? new Map<string, UsageSeries>();
    tenants.set(labels.tenant, ofTenant);
    const exact = { ...labels, model: labels.model.slice(0, MOST_LABEL_CHARS) };
    const isKnown = ofTenant.has(keyOf(exact)) || ofTenant.size < mostSeries;
    const counted = isKnown ? exact : { ...exact, model: OTHER, prompt: OTHER };
    const before = ofTenant.get(keyOf(counted));
    ofTenant.set(keyOf(counted), {
      ...addSpent(before ?? NOTHING_SPENT, spent),
      labels: counted,
      savedCalls: (before?.savedCalls ?? 0) + savedCalls,
    });
  };

  return {
    spent: (labels: UsageLabels, spent: Spent) => count(labels, spent, 0),
    saved: (labels: UsageLabels) => count(labels, NOTHING_SPENT, 1),
    /** The series of one tenant. */
    of: (tenant: string): readonly UsageSeries[] => [...(tenants.get(tenant)?.values() ?? [])],
  };
}

const keyOf = ({ model, agent, prompt }: UsageLabels) => JSON.stringify([model, agent, prompt]);

export type UsageCounters = ReturnType<typeof createUsageCounters>;
