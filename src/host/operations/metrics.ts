/** One number that can go up and down, with what it means. */
export interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly value: number;
}

const PREFIX = 'triagent_';

/** `openFeeds` becomes `triagent_open_feeds`. */
const metricName = (name: string): string =>
  PREFIX + name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/[^a-z0-9_]/g, '_');

/** Gauges in the Prometheus text format 0.0.4. */
export function renderMetrics(gauges: readonly Gauge[]): string {
  return gauges
    .map(({ name, help, value }) => {
      const metric = metricName(name);
      return `# HELP ${metric} ${help}\n# TYPE ${metric} gauge\n${metric} ${value}\n`;
    })
    .join('');
}
