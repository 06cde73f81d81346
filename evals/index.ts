export { compareModels } from './models/compare-models.js';
export { type ModelScores, modelTable } from './models/model-scores.js';
export { DEFAULTS, passesGate } from './statistics/compare.js';
export { readScorePairs } from './verdict/score-pairs.js';
export { judge, type VerdictReport, verdictTable } from './verdict/verdict-report.js';
