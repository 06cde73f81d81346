import type { z } from 'zod';
import { type Fault, type FieldError, fault } from '../../../agents/contracts/index.js';

/** What zod and the Standard Schema interface both report. */
interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  /** Of zod's `unrecognized_keys`: what stands below the path and should not. */
  readonly keys?: readonly string[];
}

const segment = (part: PropertyKey | { readonly key: PropertyKey }): string =>
  String(typeof part === 'object' ? part.key : part)
    .replaceAll('~', '~0')
    .replaceAll('/', '~1');

const toFieldErrors = ({ path = [], keys, message }: Issue): FieldError[] => {
  const pointer = path.map((part) => `/${segment(part)}`).join('');
  if (!keys) return [{ pointer, message }];
  return keys.map((key) => ({ pointer: `${pointer}/${segment(key)}`, message: 'is not a known key' }));
};

const MAX_LISTED = 20;

/** A schema's complaints as one `VALIDATION_FAILED`, each with its JSON Pointer (the first 20). */
export function validationFault(issues: readonly Issue[]): Fault {
  const errors = issues.flatMap(toFieldErrors).slice(0, MAX_LISTED);
  const [first] = errors;
  const detail = first ? `${first.pointer || '/'}: ${first.message}` : 'The request does not fit its schema';
  return fault('VALIDATION_FAILED', { detail, errors });
}

/**
 * Parses with a schema.
 * @throws `VALIDATION_FAILED` with a pointer for each problem.
 */
export function parseWith<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (!result.success) throw validationFault(result.error.issues);
  return result.data;
}
