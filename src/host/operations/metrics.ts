/** One number of a metric that has several. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A number, or several told apart by their labels, with what it means. */
export interface Metric {
  readonly name: string;
  /** A counter only grows; a gauge, the default, goes up and down. */
  readonly type?: 'counter' | 'gauge';
  readonly help: string;
  readonly value: number | readonly Sample[];
}

const PREFIX = 'triagent_';
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

/** `openFeeds` becomes `triagent_open_feeds`. */
const metricName = (name: string): string =>
  PREFIX + name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/[^a-z0-9_]/g, '_');

const labelText = (labels: Sample['labels']): string => {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replaceAll(/[\\"\n]/g, (char) => ESCAPES[char] ?? char)}"`,
  );
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
};

/** Metrics in the Prometheus text format 0.0.4. */
export function renderMetrics(metrics: readonly Metric[]): string {
  return metrics
    .map(({ name, type = 'gauge', help, value }) => {
      const metric = metricName(name);
      const samples = typeof value === 'number' ? [{ labels: {}, value }] : value;
      const lines = samples.map((sample) => `${metric}${labelText(sample.labels)} ${sample.value}\n`);
      return `# HELP ${metric} ${help}\n# TYPE ${metric} ${type}\n${lines.join('')}`;
    })
    .join('');
}
