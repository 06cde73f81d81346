import { createHash, randomUUID } from 'node:crypto';
import Handlebars from 'handlebars';
import { parse } from 'yaml';
import { z } from 'zod';
import { fault } from '../../../agents/contracts/index.js';
import type { PromptMessage } from '../../../agents/ports.js';
import { fromPicoschema, variablesIn } from './picoschema.js';

const FRONT_MATTER = /^---\r?\n([\s\S]*?)\r?\n---\r?\n([\s\S]*)$/;

const frontMatterSchema = z.looseObject({
  name: z.string(),
  version: z.string().regex(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/),
  description: z.string().optional(),
  config: z.record(z.string(), z.unknown()).optional(),
  input: z.strictObject({ schema: z.unknown() }),
});

export interface PromptTemplate {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** `sha256:HEX` of the file's bytes. */
  readonly hash: string;
  /** What it declares, by path. */
  readonly variables: ReadonlySet<string>;
  render(variables: Readonly<Record<string, unknown>>): readonly PromptMessage[];
}

const ROLES = { system: 'system', user: 'user', model: 'assistant', assistant: 'assistant' } as const;
type Role = keyof typeof ROLES;
const isRole = (value: unknown): value is Role => typeof value === 'string' && value in ROLES;

const engine = Handlebars.create();
engine.registerHelper('json', (value: unknown) => JSON.stringify(value));
engine.registerHelper('role', (role: unknown, options: Handlebars.HelperOptions) => {
  if (!isRole(role)) throw new TypeError(`{{role}} knows ${Object.keys(ROLES).join(', ')}`);
  return `${options.data.boundary}${role}\n`;
});

/**
 * Parses one Dotprompt file. Rendering is strict: variables must fit the declared schema exactly, and roles are cut at a
 * boundary drawn at random for each rendering, so no value of a variable can begin a message.
 * @throws `PROMPT_INVALID` where the file cannot be used; rendering throws `PROMPT_VARIABLES`
 */
export function parsePrompt(source: string, label: string): PromptTemplate {
  const invalid = (detail: string, cause?: unknown) =>
    fault('PROMPT_INVALID', { detail: `${label}: ${detail}`, cause });
  const [, head, body] = FRONT_MATTER.exec(source) ?? [];
  if (head === undefined || body === undefined) throw invalid('there is no front matter between --- lines');
  let meta: z.infer<typeof frontMatterSchema>;
  let schema: z.ZodType;
  let template: Handlebars.TemplateDelegate;
  try {
    meta = frontMatterSchema.parse(parse(head));
    schema = fromPicoschema(meta.input.schema);
    engine.precompile(body, { strict: true });
    template = engine.compile(body, { noEscape: true, strict: true });
  } catch (error) {
    throw invalid(error instanceof z.ZodError ? z.prettifyError(error) : String(error), error);
  }
  return {
    name: meta.name,
    version: meta.version,
    description: meta.description ?? '',
    hash: `sha256:${createHash('sha256').update(source).digest('hex')}`,
    variables: new Set(variablesIn(meta.input.schema)),
    render(variables) {
      const checked = schema.safeParse(variables);
      if (!checked.success)
        throw fault('PROMPT_VARIABLES', {
          detail: `${label}: ${z.prettifyError(checked.error)}`,
          cause: checked.error,
        });
      const boundary = `\u0002${randomUUID()}:`;
      return messagesOf(template(variables, { data: { boundary } }), boundary);
    },
  };
}

function messagesOf(rendered: string, boundary: string): PromptMessage[] {
  return rendered.split(boundary).flatMap((part, index): PromptMessage[] => {
    const cut = index === 0 ? -1 : part.indexOf('\n');
    const role = index === 0 ? 'user' : part.slice(0, cut);
    const text = part.slice(cut + 1).trim();
    return text === '' || !isRole(role) ? [] : [{ role: ROLES[role], text }];
  });
}
