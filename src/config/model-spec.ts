import { z } from 'zod';

/** What a model spec of each provider looks like after its colon (contract §8). */
const FORMS: Readonly<Record<string, RegExp>> = {
  offline: /^extractive$/,
  openai: /^[^\s@]+$/,
  'openai-compatible': /^[^\s@]+@https?:\/\/[^\s@?#]+$/,
  bedrock: /^[^\s@]+$/,
  gguf: /^\S.*$/,
};

/** A user name, password or query in an address may be a key, and specs are shown in manifests. */
const HOLDS_KEY = /^[^\s@]+@https?:\/\/\S*[@?#]/;

const EXPECTED =
  'is no model spec; expected offline:extractive, openai:MODEL, openai-compatible:MODEL@BASE_URL, ' +
  'bedrock:MODEL_ID or gguf:PATH';

/** What is wrong with a model spec, as the end of a sentence, or null. Never repeats the spec: a URL may hold a key. */
export function modelSpecProblem(spec: string): string | null {
  const colon = spec.indexOf(':');
  const provider = spec.slice(0, colon);
  const form = Object.hasOwn(FORMS, provider) ? FORMS[provider] : undefined;
  const name = spec.slice(colon + 1);
  if (provider === 'openai-compatible' && HOLDS_KEY.test(name))
    return 'holds more than an address; put its key into OPENAI_COMPATIBLE_API_KEY';
  return form?.test(name) ? null : EXPECTED;
}

export const modelSpecSchema = z.string().superRefine((spec, context) => {
  const problem = modelSpecProblem(spec);
  if (problem !== null) context.addIssue(problem);
});
