import {
  LEARNED_FIELDS,
  type LearnedFieldQuality,
  type LearnedQuality,
  type RiskPoint,
  type TriageQuality,
} from '../engine/runtime.contract.js';

/** Shares of misrouted tickets that a team may be ready to bear. */
const BEARABLE = [0.02, 0.05, 0.1];
const PLOT = { columns: 60, rows: 10 };
const NAME_WIDTH = 10;

const percent = (share: number, digits = 0) => `${(100 * share).toFixed(digits)} %`;

/** The point that decides most with at most this risk. */
const mostCoverage = (curve: readonly RiskPoint[], risk: number): RiskPoint | undefined =>
  curve.findLast((point) => point.risk <= risk);

function agreementLines({ results, corrected, accuracy }: TriageQuality): readonly string[] {
  const judged = Object.entries(accuracy).filter(([, { right }]) => right !== null);
  return [
    `${results} results, ${corrected} corrected by people`,
    ...judged.map(
      ([name, { right, judged: many }]) =>
        `  ${name.padEnd(NAME_WIDTH)}right in ${percent(right ?? 0)} of ${many} judged`,
    ),
  ];
}

function fieldLines(name: string, field: LearnedFieldQuality): readonly string[] {
  const { heldBack, accuracy, labels, calibrationError, worthwhile, curve } = field;
  const offers = BEARABLE.flatMap((risk) => {
    const point = mostCoverage(curve, risk);
    const share = point ? percent(point.coverage) : 'none';
    const from = point ? ` (confidence from ${point.confidence.toFixed(2)})` : '';
    return `    decide ${share} alone at ≤${percent(risk)} wrong${from}`;
  });
  return [
    `  ${name.padEnd(NAME_WIDTH)}right in ${percent(accuracy, 1)} of ${heldBack} held back, ${labels} labels, confidence off by ${percent(calibrationError, 1)}, a guess pays from ${worthwhile.toFixed(2)}`,
    ...offers,
  ];
}

/** A curve in characters: coverage to the right, risk upwards. */
export function curveLines(curve: readonly RiskPoint[]): readonly string[] {
  const most = Math.max(0.1, ...curve.map(({ risk }) => risk));
  const heights = Array.from({ length: PLOT.columns }, (_, column) => {
    const coverage = (column + 1) / PLOT.columns;
    const point = curve.find((each) => each.coverage >= coverage - 1e-9);
    return point ? Math.round((point.risk / most) * (PLOT.rows - 1)) : -1;
  });
  const rows = Array.from({ length: PLOT.rows }, (_, row) => {
    const height = PLOT.rows - 1 - row;
    const label = row === 0 ? percent(most) : row === PLOT.rows - 1 ? percent(0) : '';
    const dots = heights.map((own) => (own === height ? '●' : own > height ? '·' : ' ')).join('');
    return `  ${label.padStart(6)} │${dots.trimEnd()}`;
  });
  return [
    ...rows,
    `         └${'─'.repeat(PLOT.columns)}`,
    `          0 % of tickets decided alone${'100 %'.padStart(PLOT.columns - 28)}`,
  ];
}

function learnedLines({ version, tickets, trainedAt, fields }: LearnedQuality): readonly string[] {
  const told = LEARNED_FIELDS.flatMap((name) => {
    const field = fields[name];
    return field ? [{ name, field }] : [];
  });
  const [first] = told;
  return [
    `learned from ${tickets} solved tickets (version ${version}, ${trainedAt})`,
    ...told.flatMap(({ name, field }) => fieldLines(name, field)),
    ...(first
      ? ['', `  ${first.name}: share of wrong ones by coverage`, ...curveLines(first.field.curve)]
      : []),
  ];
}

/** How good the routing is, as a person reads it. */
export const qualityLines = (quality: TriageQuality): readonly string[] => [
  ...agreementLines(quality),
  ...(quality.learned ? learnedLines(quality.learned) : ['nothing was learned yet: too few solved tickets']),
];
