import type { MetricComparison } from '../../statistics/compare.js';
import { escaped } from './markup.js';

const WIDTH = 720;
const LABELS = 200;
const LINE = 28;
const PAD = 16;

/** Each metric's difference as a dot on its interval, with a line where nothing differs. */
export function intervalsSvg(metrics: readonly MetricComparison[]): string {
  const reach = Math.max(0.01, ...metrics.flatMap(({ interval }) => interval.map(Math.abs)));
  const x = (value: number) => LABELS + PAD + ((value + reach) / (2 * reach)) * (WIDTH - LABELS - 2 * PAD);
  const height = metrics.length * LINE + 24;
  const lines = metrics.map(({ name, primary, interval: [low, high], difference }, at) => {
    const y = at * LINE + LINE / 2;
    const side = low > 0 ? 'up' : high < 0 ? 'down' : 'level';
    return (
      `<text x="0" y="${y + 4}"${primary ? ' font-weight="bold"' : ''}>${escaped(name)}</text>` +
      `<line class="${side}" x1="${x(low)}" x2="${x(high)}" y1="${y}" y2="${y}" stroke-width="3"/>` +
      `<circle class="${side}" cx="${x(difference)}" cy="${y}" r="5"/>`
    );
  });
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="differences with their intervals">
<line class="zero" x1="${x(0)}" x2="${x(0)}" y1="0" y2="${height - 20}"/>${lines.join('')}
<text class="axis" x="${x(-reach)}" y="${height - 4}">−${reach.toFixed(2)}</text><text class="axis" x="${x(0)}" y="${height - 4}">0</text><text class="axis" x="${x(reach)}" y="${height - 4}" text-anchor="end">+${reach.toFixed(2)}</text></svg>`;
}
