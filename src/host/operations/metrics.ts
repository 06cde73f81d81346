/** One number with what it means. */
export interface Metric {
  readonly name: string;
  /** A counter only grows; a gauge, the default, goes up and down. */
  readonly type?: 'counter' | 'gauge';
  readonly help: string;
  readonly value: number;
}

const PREFIX = 'triagent_';

/** `openFeeds` becomes `triagent_open_feeds`. */
const metricName = (name: string): string =>
  PREFIX + name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/[^a-z0-9_]/g, '_');

/** Metrics in the Prometheus text format 0.0.4. */
export function renderMetrics(metrics: readonly Metric[]): string {
  return metrics
    .map(({ name, type = 'gauge', help, value }) => {
      const metric = metricName(name);
      return `# HELP ${metric} ${help}\n# TYPE ${metric} ${type}\n${metric} ${value}\n`;
    })
    .join('');
}
