import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { parse } from 'yaml';
import { type Check } from './check.js';
import { embeddedObjects } from './embedded-objects.js';

/** Strict as promptfoo is: a keyword that no schema knows is an error, not a schema that lets everything through. */
const ajv = new Ajv({ strictSchema: true, logger: false });
formats.default(ajv);

const compiled = new Map<string, ValidateFunction>();
const KEPT_SCHEMAS = 500;

/** @throws Error where the value is no schema */
function validator(value: unknown): ValidateFunction {
  const schema: unknown = typeof value === 'string' ? parse(value) : value;
  if (typeof schema !== 'boolean' && (typeof schema !== 'object' || schema === null))
    throw new Error('the assertion needs a JSON schema as its value');
  const key = JSON.stringify(schema);
  const known = compiled.get(key);
  if (known) return known;
  if (compiled.size >= KEPT_SCHEMAS) {
    compiled.clear();
    ajv.removeSchema();
  }
  const made = ajv.compile(schema);
  compiled.set(key, made);
  return made;
}

function fits(value: unknown, schema: unknown): string | null {
  if (!schema) return null;
  const validate = validator(schema);
  return validate(value) ? null : ajv.errorsText(validate.errors);
}

/** Checks of output that is JSON, or holds some. */
export const JSON_CHECKS: Readonly<Record<string, Check>> = {
  'is-json'({ text, value }) {
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      return { holds: false, reason: 'is no JSON' };
    }
    const problem = fits(parsed, value);
    return { holds: problem === null, reason: problem ?? 'is JSON that fits' };
  },
  'contains-json'({ text, value }) {
    const problems = embeddedObjects(text).map((object) => fits(object, value));
    return {
      holds: problems.includes(null),
      reason: problems.length === 0 ? 'holds no JSON' : (problems.find((problem) => problem) ?? 'holds JSON'),
    };
  },
};
