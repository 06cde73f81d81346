import type { SuiteRun } from '../run-suite.js';
import { passes, resultOf } from '../summary.js';
import { escaped } from './markup.js';

/** A test suite a version, a test case a case: what CI systems show. */
export function junitXml(run: SuiteRun, names: readonly string[]): string {
  const suites = run.versions.map((rows, version) => {
    const cases = run.cases.flatMap((test, at) => {
      const row = rows[at];
      if (!row) return [];
      const seconds = row.latencyMs.reduce((sum, ms) => sum + ms, 0) / 1000;
      const failed = row.grades.flatMap(({ assertions }) => assertions).filter(({ pass }) => !pass);
      const head = `    <testcase classname="${escaped(run.suite.name)}" name="${escaped(test.id)}" time="${seconds.toFixed(3)}"`;
      if (passes(row)) return [`${head}/>`];
      const { score } = resultOf(test, row);
      const reasons = failed.map(({ type, reason }) => `${type}: ${reason}`).join('\n');
      return [
        `${head}>\n      <failure message="score ${score.toFixed(3)}">${escaped(reasons)}</failure>\n    </testcase>`,
      ];
    });
    const failures = rows.filter((row) => !passes(row)).length;
    const name = [run.suite.name, names[version]].filter(Boolean).join(' ');
    return `  <testsuite name="${escaped(name)}" tests="${cases.length}" failures="${failures}">\n${cases.join('\n')}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('\n')}\n</testsuites>\n`;
}
