import { z } from 'zod';

/** What a model spec of each provider looks like after its colon (contract §8). */
const FORMS: Readonly<Record<string, RegExp>> = {
  offline: /^extractive$/,
  openai: /^[^\s@]+$/,
  'openai-compatible': /^[^\s@]+@https?:\/\/\S+$/,
  bedrock: /^[^\s@]+$/,
  gguf: /^\S.*$/,
};

const AVAILABLE: readonly string[] = ['offline'];

const EXPECTED =
  'is no model spec; expected offline:extractive, openai:MODEL, openai-compatible:MODEL@BASE_URL, ' +
  'bedrock:MODEL_ID or gguf:PATH';

/** What is wrong with a model spec, as the end of a sentence, or null. Never repeats the spec: a URL may hold a key. */
export function modelSpecProblem(spec: string): string | null {
  const colon = spec.indexOf(':');
  const provider = spec.slice(0, colon);
  const form = Object.hasOwn(FORMS, provider) ? FORMS[provider] : undefined;
  if (!form?.test(spec.slice(colon + 1))) return EXPECTED;
  if (AVAILABLE.includes(provider)) return null;
  return `is well formed, but models of ${provider} are not available in this version; use offline:extractive`;
}

export const modelSpecSchema = z.string().superRefine((spec, context) => {
  const problem = modelSpecProblem(spec);
  if (problem !== null) context.addIssue(problem);
});
