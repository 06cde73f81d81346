export { DEFAULTS, passesGate } from './statistics/compare.js';
export { readScorePairs } from './verdict/score-pairs.js';
export { judge, type VerdictReport, verdictTable } from './verdict/verdict-report.js';
