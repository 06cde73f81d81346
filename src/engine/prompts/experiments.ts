import { createHash } from 'node:crypto';
import { AGENT_NAMES, type AgentName, fault } from '../../../agents/contracts/index.js';
import type { Database, Row } from '../storage/database.js';
import type { Experiment, ExperimentArm, ExperimentResult, Experiments } from './experiments.contract.js';
import type { PromptShelf } from './prompt-shelf.js';
import { refuseUnreleased } from './prompt-view.js';

/** Shares are counted in parts of this: hundredths of a percent. */
const PARTS = 10_000;
const MOST_LISTED = 200;

/**
 * The arm of a thread; undefined where none of them has it. Drawn by a hash of experiment and thread: the same thread draws the
 * same arm on every machine, and another experiment draws anew.
 */
export function armOf(
  id: string,
  arms: readonly ExperimentArm[],
  threadId: string,
): ExperimentArm | undefined {
  const drawn =
    createHash('sha256')
      .update(JSON.stringify([id, threadId]))
      .digest()
      .readUInt32BE() /
    2 ** 32;
  let upTo = 0;
  return arms.find(({ percent }) => {
    upTo += Math.round((percent / 100) * PARTS);
    return drawn * PARTS < upTo;
  });
}

const armsOf = (text: unknown): readonly ExperimentArm[] => JSON.parse(String(text));
const idOf = (number: unknown) => `exp_${number}`;
const iso = (at: unknown) => new Date(Number(at)).toISOString();

const experimentOf = (row: Row): Experiment => ({
  id: idOf(row.number),
  name: String(row.name),
  arms: armsOf(row.arms),
  status: row.stopped_at === null ? 'running' : 'stopped',
  startedBy: String(row.started_by),
  startedAt: iso(row.started_at),
  stoppedBy: row.stopped_by === null ? null : String(row.stopped_by),
  stoppedAt: row.stopped_at === null ? null : iso(row.stopped_at),
});

/** The experiments of a store: which version a thread draws, and what people do with them. */
export async function openExperiments(options: {
  readonly database: Database;
  readonly shelf: PromptShelf;
  readonly now: () => number;
}) {
  const { database, shelf, now } = options;
  const running = new Map<string, Experiment>();
  const keyOf = (tenant: string, name: string) => JSON.stringify([tenant, name]);
  for (const row of await database.read('SELECT * FROM prompt_experiments WHERE stopped_at IS NULL'))
    running.set(keyOf(String(row.tenant), String(row.name)), experimentOf(row));

  const rowOf = async (id: string, tenant: string): Promise<Row> => {
    const [row] = await database.read('SELECT * FROM prompt_experiments WHERE tenant = ? AND number = ?', [
      tenant,
      Number(/^exp_(\d{1,15})$/.exec(id)?.[1] ?? 0),
    ]);
    if (!row) throw fault('EXPERIMENT_NOT_FOUND');
    return row;
  };

  const desk: Experiments = {
    async start({ name, arms }, { tenant, id: by }) {
      const agent = checkArms(name, arms, shelf);
      const { ok, rows } = await database.commit([
        {
          sql: `INSERT INTO prompt_experiments (tenant, name, arms, started_by, started_at)
                VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING *`,
          params: [tenant, agent, JSON.stringify(arms), by, now()],
          guard: true,
        },
      ]);
      const row = rows[0]?.[0];
      if (!ok || !row)
        throw fault('CONFLICT', {
          detail: `An experiment with ${agent} is running.`,
          next: 'Stop it first.',
        });
      const experiment = experimentOf(row);
      running.set(keyOf(tenant, agent), experiment);
      return experiment;
    },

    async list({ tenant }) {
      const rows = await database.read(
        'SELECT * FROM prompt_experiments WHERE tenant = ? ORDER BY number DESC LIMIT ?',
        [tenant, MOST_LISTED],
      );
      return rows.map(experimentOf);
    },

    async get(id, { tenant }) {
      const row = await rowOf(id, tenant);
      return { ...experimentOf(row), results: await resultsOf(database, row) };
    },

    async stop(id, { tenant, id: by }) {
      const { number, name } = await rowOf(id, tenant);
      await database.commit([
        {
          sql: `UPDATE prompt_experiments SET stopped_by = ?, stopped_at = ?
                 WHERE number = ? AND stopped_at IS NULL`,
          params: [by, now(), Number(number)],
        },
      ]);
      const key = keyOf(tenant, String(name));
      if (running.get(key)?.id === id) running.delete(key);
      return experimentOf(await rowOf(id, tenant));
    },
  };

  return {
    /** The version that a thread draws; undefined where it takes no part. */
    versionFor(agent: AgentName, tenant: string, threadId: string): string | undefined {
      const experiment = running.get(keyOf(tenant, agent));
      return experiment && armOf(experiment.id, experiment.arms, threadId)?.version;
    },
    desk,
  };
}

export type ExperimentRoom = Awaited<ReturnType<typeof openExperiments>>;

/** @throws `PROMPT_NOT_FOUND`, `VALIDATION_FAILED` */
function checkArms(name: string, arms: readonly ExperimentArm[], shelf: PromptShelf): AgentName {
  const agent = AGENT_NAMES.find((known) => known === name);
  if (!agent) throw fault('PROMPT_NOT_FOUND', { detail: `There is no prompt ${name}.` });
  for (const { version } of arms) refuseUnreleased(agent, version, shelf.read().versions);
  const invalid = (message: string) =>
    fault('VALIDATION_FAILED', { detail: message, errors: [{ pointer: '/arms', message }] });
  if (new Set(arms.map(({ version }) => version)).size < arms.length)
    throw invalid('Two arms have the same version.');
  if (arms.reduce((sum, { percent }) => sum + percent, 0) > 100) throw invalid('The arms are over 100 %.');
  return agent;
}

/** Runs of the tenant that were begun while the experiment ran, by the version that they worked with. */
async function resultsOf(database: Database, row: Row): Promise<readonly ExperimentResult[]> {
  const rows = await database.read(
    `WITH part AS (
       SELECT run_id, outcome, json_extract(manifest, ?1) AS version,
              json_extract(usage, '$.costUsd') AS cost, ended_at - accepted_at AS ms
         FROM runs
        WHERE tenant = ?2 AND outcome IS NOT NULL AND started_at >= ?3 AND started_at < ?4
          AND json_extract(request, ?5) IS NULL)
     SELECT version, count(*) AS runs, avg(cost) AS cost, avg(ms) AS ms,
            count(*) FILTER (WHERE outcome = 'completed') AS completed,
            count(*) FILTER (WHERE outcome = 'handed_off') AS handed_off,
            count(*) FILTER (WHERE outcome = 'failed') AS failed,
            (SELECT count(*) FROM judgements JOIN part AS judged USING (run_id) WHERE judged.version = part.version) AS judged,
            (SELECT coalesce(sum(correct), 0) FROM judgements JOIN part AS judged USING (run_id) WHERE judged.version = part.version) AS correct
       FROM part WHERE version IS NOT NULL GROUP BY version ORDER BY version`,
    [
      `$.prompts.${String(row.name)}`,
      row.tenant ?? '',
      Number(row.started_at),
      row.stopped_at === null ? Number.MAX_SAFE_INTEGER : Number(row.stopped_at),
      `$.options.prompts.${String(row.name)}`,
    ],
  );
  const mean = (value: unknown) => (value === null ? null : Number(value));
  return rows.map((found) => ({
    version: String(found.version),
    runs: Number(found.runs),
    completed: Number(found.completed),
    handedOff: Number(found.handed_off),
    failed: Number(found.failed),
    costUsd: mean(found.cost),
    totalMs: mean(found.ms),
    judged: Number(found.judged),
    right: Number(found.correct),
  }));
}
