import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { fault } from '../../agents/contracts/index.js';
import { packageRoot } from '../../src/config/package-root.js';
import { isKnownType } from './assertions/grade.js';
import { type Assertion, caseSchema, type EvalCase, isSet } from './case.js';
import { MEASURES } from './measures.js';
import { casesOfSamples, SAMPLE_CASES } from './sample-cases.js';
import { targetSchema } from './targets/target.contract.js';

const suiteSchema = z.looseObject({
  description: z.string().default(''),
  target: targetSchema.default({ kind: 'triage', depth: 'full' }),
  /** Where the cases come from when not from `cases.jsonl`: the unsolved sample tickets, put as cases. */
  samples: z.enum(SAMPLE_CASES).optional(),
  /** What is compared; the first measure, else the assertions' score, where absent. */
  primary: z.string().optional(),
  measures: z.array(z.enum(MEASURES.map(({ name }) => name))).default([]),
  margin: z.number().min(0).optional(),
  alpha: z.number().gt(0).lt(1).optional(),
  /** The model that judges `llm-rubric`, behind an OpenAI-compatible address. */
  judge: z.object({ url: z.url(), model: z.string() }).optional(),
});

export interface Suite extends z.infer<typeof suiteSchema> {
  readonly name: string;
  readonly cases: readonly EvalCase[];
}

const MAX_REPORTED = 20;

/** `NAME` is a shipped suite, everything else a folder. */
const folderOf = (reference: string): string =>
  /^[a-z][a-z0-9-]*$/.test(reference)
    ? join(packageRoot(), 'evals', 'suites', reference)
    : resolve(reference);

/**
 * A suite with its cases.
 * @throws `INPUT_UNREADABLE` where there is no such suite, `USAGE` that lists what is wrong in it
 */
export async function readSuite(reference: string): Promise<Suite> {
  const { folder, text } = await findSuite(reference);
  const name = basename(folder);
  const parsed = suiteSchema.safeParse(parseYaml(text) ?? {});
  if (!parsed.success)
    throw wrong(
      'suite.yaml',
      parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
    );
  const { samples } = parsed.data;
  const cases = samples ? casesOfSamples(samples) : readCases(await read(join(folder, 'cases.jsonl')));
  if (cases.length === 0) throw wrong('cases.jsonl', ['there is no case']);
  return { ...parsed.data, name, cases };
}

async function findSuite(reference: string): Promise<{ folder: string; text: string }> {
  const shipped = folderOf(reference);
  try {
    return { folder: shipped, text: await readFile(join(shipped, 'suite.yaml'), 'utf8') };
  } catch {
    const folder = resolve(reference);
    return { folder, text: await read(join(folder, 'suite.yaml')) };
  }
}

const read = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((cause: unknown) => {
    throw fault('INPUT_UNREADABLE', { detail: `${basename(path)} of the suite cannot be read.`, cause });
  });

function parseYaml(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw wrong('suite.yaml', [error instanceof Error ? error.message : String(error)]);
  }
}

/** Cases of JSON Lines. @throws `USAGE` that names every bad line (the first 20) */
export function readCases(text: string): EvalCase[] {
  const problems: string[] = [];
  const cases = text.split('\n').flatMap((line, at): EvalCase[] => {
    if (line.trim() === '') return [];
    const parsed = caseSchema.safeParse(parseJson(line));
    if (!parsed.success) {
      problems.push(`line ${at + 1}: ${parsed.error.issues[0]?.message ?? 'no case'}`);
      return [];
    }
    problems.push(
      ...unsupported(parsed.data.assert.flatMap((one) => (isSet(one) ? one.assert : [one]))).map(
        (problem) => `line ${at + 1}: ${problem}`,
      ),
    );
    return [{ ...parsed.data, id: parsed.data.metadata.id ?? parsed.data.description ?? `#${at + 1}` }];
  });
  if (problems.length > 0) throw wrong('cases.jsonl', problems);
  return cases;
}

/** Code and files that a case names are not run: a case is data. */
const unsupported = (assertions: readonly Assertion[]): string[] =>
  assertions.flatMap(({ type, value, transform }) => [
    ...(isKnownType(type) ? [] : [`no such assertion: ${type}`]),
    ...(transform === undefined ? [] : ['`transform` is not supported']),
    ...(typeof value === 'string' && value.startsWith('file://') ? ['`file://` is not supported'] : []),
  ]);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const wrong = (file: string, problems: readonly string[]) =>
  fault('USAGE', {
    detail: `${file}: ${[...problems.slice(0, MAX_REPORTED), ...(problems.length > MAX_REPORTED ? [`and ${problems.length - MAX_REPORTED} more`] : [])].join('; ')}`,
    next: 'Mend the suite; docs/evals.md says what it holds.',
  });
