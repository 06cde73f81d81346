import type { Capabilities, OutputForm } from './provider.js';

/** What Converse lets one family of models do (docs.aws.amazon.com/bedrock, "Supported models and features"). */
export interface BedrockFamily {
  readonly tools: boolean;
  readonly streams: Capabilities['streams'];
  readonly toolChoices: readonly ('auto' | 'any' | 'tool')[];
  /** Whether the model takes system messages apart from the conversation. */
  readonly system: boolean;
  /** Tokens to ask for where the family's own default is too short for an answer. */
  readonly maxTokens?: number;
}

const full: BedrockFamily = {
  tools: true,
  streams: 'all',
  toolChoices: ['auto', 'any', 'tool'],
  system: true,
};

const FAMILIES: readonly (readonly [RegExp, BedrockFamily])[] = [
  [/anthropic\.claude|amazon\.nova/, full],
  [/mistral\.(mistral-large|pixtral)/, { ...full, toolChoices: ['auto', 'any'] }],
  [/meta\.llama/, { ...full, streams: 'text', toolChoices: [], maxTokens: 2_048 }],
  [/cohere\.command-r/, { ...full, toolChoices: [], maxTokens: 4_000 }],
  [/amazon\.titan-text/, { tools: false, streams: 'all', toolChoices: [], system: false, maxTokens: 3_000 }],
  [/mistral\.(mistral-7b|mixtral)/, { tools: false, streams: 'all', toolChoices: [], system: false }],
];

/** The family of a model id; one that is not known, such as an inference profile, is taken to have everything. */
export const familyOf = (modelId: string): BedrockFamily =>
  FAMILIES.find(([pattern]) => pattern.test(modelId))?.[1] ?? full;

/** Forcing a tool is Converse's way to structured output; where it cannot be forced, the schema is told in the prompt. */
export const capabilitiesOf = ({ tools, streams, toolChoices }: BedrockFamily): Capabilities => {
  const forms: readonly OutputForm[] = toolChoices.includes('any') ? ['tool', 'text'] : ['text'];
  return { tools, streams, forms, mayRefuseForms: false };
};
