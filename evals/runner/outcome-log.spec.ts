import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { keyOf, openOutcomeLog } from './outcome-log.js';

const outcomeOf = (output: string) => ({ output, costUsd: 1, latencyMs: 2 });

describe('the log of outcomes', () => {
  let dir: string;
  const path = () => join(dir, 'evals', 'suite.jsonl');
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'triagent-outcome-log-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('keeps what was put at the same moment, over a restart and a line that broke off', async () => {
    const log = await openOutcomeLog(path());
    const keys = Array.from({ length: 200 }, (_, at) => keyOf('case', at));
    await Promise.all(keys.map((key, at) => log.put(key, outcomeOf(`ü${at}`))));
    await log.close();
    appendFileSync(path(), '{"key":"half');
    const reopened = await openOutcomeLog(path());
    const late = keyOf('late');
    await reopened.put(late, outcomeOf('late'));
    await reopened.close();
    const last = await openOutcomeLog(path());
    for (const [at, key] of keys.entries()) expect(await last.get(key)).toEqual(outcomeOf(`ü${at}`));
    expect(await last.get(late)).toEqual(outcomeOf('late'));
    expect(await last.get(keyOf('other'))).toBeNull();
    await last.close();
  });

  it('gives the newest of one key', async () => {
    const log = await openOutcomeLog(path());
    await log.put(keyOf(1), outcomeOf('old'));
    await log.put(keyOf(1), outcomeOf('new'));
    expect(await log.get(keyOf(1))).toEqual(outcomeOf('new'));
    await log.close();
  });
});
