import {
  LEARNED_FIELDS,
  type LearnedField,
  type LearnedQuality,
  type RiskPoint,
} from '../runtime.contract.js';

const SIZE = { width: 640, height: 400, left: 64, right: 24, top: 56, bottom: 56 };
const PLOT = { width: SIZE.width - SIZE.left - SIZE.right, height: SIZE.height - SIZE.top - SIZE.bottom };
/** Told apart by lightness too, for readers who do not see colours. */
const STROKES: Readonly<Record<LearnedField, string>> = {
  category: '#0b5cad',
  queue: '#d1701b',
  priority: '#5b8f3a',
};
const TICKS = [0, 0.25, 0.5, 0.75, 1];

const x = (coverage: number) => (SIZE.left + coverage * PLOT.width).toFixed(1);
const y = (risk: number, most: number) => (SIZE.top + (1 - risk / most) * PLOT.height).toFixed(1);
const percent = (value: number) => `${Math.round(100 * value)} %`;
const text = (at: string, to: string, words: string, anchor = 'middle') =>
  `<text x="${at}" y="${to}" text-anchor="${anchor}">${words}</text>`;

/** Each point holds until the next: what lies between cannot be chosen. */
const line = (field: LearnedField, curve: readonly RiskPoint[], most: number) =>
  `<polyline fill="none" stroke="${STROKES[field]}" stroke-width="2" points="${curve
    .map(({ coverage, risk }) => `${x(coverage)},${y(risk, most)}`)
    .join(' ')}"/>`;

function grid(most: number): string {
  const lines = TICKS.flatMap((tick) => [
    `<path stroke="#d5d8dc" d="M${x(tick)} ${y(0, 1)}V${y(1, 1)}M${x(0)} ${y(tick, 1)}H${x(1)}"/>`,
    text(x(tick), String(SIZE.height - SIZE.bottom + 18), percent(tick)),
    text(String(SIZE.left - 8), String(Number(y(tick, 1)) + 4), percent(tick * most), 'end'),
  ]);
  return lines.join('');
}

/** The risk–coverage curves of what was learned, as a picture that stands for itself. */
export function qualityPicture(learned: LearnedQuality | null): string {
  const drawn = LEARNED_FIELDS.flatMap((field) => {
    const quality = learned?.fields[field];
    return quality && quality.curve.length > 0 ? [{ field, ...quality }] : [];
  });
  const worst = Math.max(0.1, ...drawn.flatMap(({ curve }) => curve.map(({ risk }) => risk)));
  const most = Math.min(1, Math.ceil(worst * 10) / 10);
  const legend = drawn.map(
    ({ field, accuracy, calibrationError }, at) =>
      `<g fill="${STROKES[field]}">${text(String(SIZE.left + at * 190), '44', `${field}: ${percent(accuracy)} right, off by ${percent(calibrationError)}`, 'start')}</g>`,
  );
  const title = learned
    ? `Deciding alone: what it covers and what goes wrong (${learned.tickets} solved tickets)`
    : 'Nothing was learned yet';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" font-family="system-ui, sans-serif" font-size="12" fill="#2b2f36">`,
    `<title>${title}</title><rect width="100%" height="100%" fill="#fff"/>`,
    `<g font-size="15">${text(String(SIZE.left), '24', title, 'start')}</g>`,
    grid(most),
    ...legend,
    ...drawn.map(({ field, curve }) => line(field, curve, most)),
    text(x(0.5), String(SIZE.height - 14), 'tickets decided alone'),
    `<g transform="rotate(-90 18 ${SIZE.height / 2})">${text('18', String(SIZE.height / 2), 'of those, wrong')}</g>`,
    '</svg>',
  ].join('\n');
}
