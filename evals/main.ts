import { evaluateAnswers } from './answers/index.js';
import { evaluateLearning } from './learning/index.js';
import { evaluateRetrieval } from './retrieval/index.js';
import { evaluateSamples } from './samples/index.js';

/** Suites by name; each prints its own report. */
const SUITES: Readonly<Record<string, () => Promise<void>>> = {
  answers: evaluateAnswers,
  learning: evaluateLearning,
  retrieval: evaluateRetrieval,
  samples: evaluateSamples,
};

const name = process.argv[2] ?? '';
const suite = SUITES[name];
if (suite) await suite();
else {
  process.stderr.write(
    `usage: npm run eval -- SUITE [--verbose]\nsuites: ${Object.keys(SUITES).join(', ')}\n`,
  );
  process.exitCode = 2;
}
