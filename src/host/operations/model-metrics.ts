import type { UsageSeries } from '../../engine/runtime.js';
import type { Metric } from './metrics.js';

/** What models were used for, as Prometheus counters with the labels model, agent, prompt version and tenant. */
export function modelMetrics(usage: readonly UsageSeries[]): readonly Metric[] {
  const labelsOf = ({ labels: { model, agent, prompt, tenant } }: UsageSeries) => ({
    ...{ model, agent, prompt_version: prompt, tenant },
  });
  const each = (numberOf: (series: UsageSeries) => number) =>
    usage.map((series) => ({ labels: labelsOf(series), value: numberOf(series) }));
  const type = 'counter';
  return [
    {
      ...{ name: 'modelTokensTotal', type, help: 'Tokens that models read (input) and wrote (output).' },
      value: usage.flatMap((series) => [
        { labels: { type: 'input', ...labelsOf(series) }, value: series.inputTokens },
        { labels: { type: 'output', ...labelsOf(series) }, value: series.outputTokens },
      ]),
    },
    {
      ...{ name: 'modelCostUsdTotal', type, help: 'US dollars by the price list; 0 without a known price.' },
      value: each(({ costUsd }) => costUsd),
    },
    {
      ...{ name: 'modelRequestsTotal', type, help: 'Requests to models, repeated ones included.' },
      value: each(({ requests }) => requests),
    },
    {
      ...{ name: 'modelSavedCallsTotal', type, help: 'Model calls that needed no request.' },
      value: each(({ savedCalls }) => savedCalls),
    },
  ];
}
