import { z } from 'zod';
import { configSchema } from './config.schema.js';

/** One key of the configuration as its readers see it: the template, the environment and the documentation. */
export interface Setting {
  readonly path: readonly string[];
  readonly description: string;
  readonly type: 'number' | 'list' | 'text';
  readonly env?: string;
  /** Undefined where the key has no default. */
  readonly preset?: unknown;
  readonly example?: unknown;
}

const nodeSchema = z.object({
  type: z.string().optional(),
  description: z.string().optional(),
  env: z.string().optional(),
  default: z.unknown().optional(),
  examples: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});

const TYPES: Readonly<Record<string, Setting['type']>> = {
  integer: 'number',
  number: 'number',
  array: 'list',
};

/** Every key of the schema in its order, depth first. */
export function listSettings(): readonly Setting[] {
  return collect(z.toJSONSchema(configSchema, { io: 'input' }), []);
}

function collect(json: unknown, path: readonly string[]): readonly Setting[] {
  const node = nodeSchema.parse(json);
  if (node.properties) {
    return Object.entries(node.properties).flatMap(([key, child]) => collect(child, [...path, key]));
  }
  return [
    {
      path,
      description: node.description ?? '',
      type: TYPES[node.type ?? ''] ?? 'text',
      ...(node.env !== undefined && { env: node.env }),
      ...(node.default !== undefined && node.default !== null && { preset: node.default }),
      ...(node.examples?.[0] !== undefined && { example: node.examples[0] }),
    },
  ];
}
