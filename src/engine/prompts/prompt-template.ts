import { createHash, randomUUID } from 'node:crypto';
import Handlebars from 'handlebars';
import { z } from 'zod';
import { fault } from '../../../agents/contracts/index.js';
import type { PromptMessage, RetrievalOptions } from '../../../agents/ports.js';
import { type FrontMatter, type PromptSettings, readFrontMatter } from './front-matter.js';
import { fromPicoschema, variablesIn } from './picoschema.js';
import { checkTemplate } from './template-check.js';

export interface PromptTemplate {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** What is new in this version. */
  readonly changelog: string;
  /** The file as it is. */
  readonly text: string;
  /** `sha256:HEX` of the file's bytes; of a file with partials or examples, of all of them together. */
  readonly hash: string;
  /** What it asks for, by path: all that it declares, but for the examples that it brings itself. */
  readonly variables: ReadonlySet<string>;
  readonly settings: PromptSettings;
  readonly retrieval: RetrievalOptions;
  readonly partials: readonly string[];
  /** How many examples stand beside it. */
  readonly examples: number;
  render(variables: Readonly<Record<string, unknown>>): readonly PromptMessage[];
}

/** What stands beside a prompt file and belongs to its version. */
export interface PromptSurroundings {
  /** Partials of the folder by name. */
  readonly partials?: ReadonlyMap<string, string>;
  /** Few-shot examples as JSONL: they fill the variable `examples`, which its caller then leaves out. */
  readonly examples?: string | undefined;
}

const EXAMPLES = 'examples';
const ROLES = { system: 'system', user: 'user', model: 'assistant', assistant: 'assistant' } as const;
type Role = keyof typeof ROLES;
const isRole = (value: unknown): value is Role => typeof value === 'string' && value in ROLES;

const engine = Handlebars.create();
engine.registerHelper('json', (value: unknown) => JSON.stringify(value));
engine.registerHelper('role', (role: unknown, options: Handlebars.HelperOptions) => {
  if (!isRole(role)) throw new TypeError(`{{role}} knows ${Object.keys(ROLES).join(', ')}`);
  return `${options.data.boundary}${role}\n`;
});

const COMPILE = {
  noEscape: true,
  strict: true,
  // A partial that stands further in must not push the text of its variables around.
  preventIndent: true,
  knownHelpersOnly: true,
  knownHelpers: { json: true, role: true, log: false },
} as const;

const compile = (body: string) => {
  // Compiling is lazy, and what is wrong must show when the file is read.
  engine.precompile(body, COMPILE);
  return engine.compile(body, COMPILE);
};

/**
 * Parses one Dotprompt file. Rendering is strict: variables must fit the declared schema exactly, and roles are cut at a
 * boundary drawn at random for each rendering, so no value of a variable can begin a message.
 * @throws `PROMPT_INVALID` where the file cannot be used; rendering throws `PROMPT_VARIABLES`
 */
export function parsePrompt(
  source: string,
  label: string,
  surroundings: PromptSurroundings = {},
): PromptTemplate {
  try {
    return build(source, label, surroundings);
  } catch (error) {
    const detail = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw fault('PROMPT_INVALID', { detail: `${label}: ${detail}`, cause: error });
  }
}

function build(source: string, label: string, surroundings: PromptSurroundings): PromptTemplate {
  const { partials: known = new Map<string, string>() } = surroundings;
  const { meta, body } = readFrontMatter(source);
  const schema = fromPicoschema(meta.input.schema);
  if (meta.output?.schema !== undefined) fromPicoschema(meta.output.schema, 'output.schema');
  const declared = new Set(variablesIn(meta.input.schema));
  const { partials: used } = checkTemplate(body, declared, known);
  if (meta['triagent.retrieval'].rerank !== undefined && !declared.has('candidates'))
    throw new TypeError('it reranks, but declares no candidates(array)');
  const template = compile(body);
  const partials = Object.fromEntries(used.map((name) => [name, compile(known.get(name) ?? '')]));
  const examples = readExamples(surroundings.examples, meta);
  const own = examples && { [EXAMPLES]: examples };

  const wrong = (detail: string, cause?: unknown) =>
    fault('PROMPT_VARIABLES', { detail: `${label}: ${detail}`, cause });
  return {
    name: meta.name,
    version: meta.version,
    description: meta.description,
    changelog: meta['triagent.changelog'],
    text: source,
    hash: hashOf([
      source,
      ...used.map((name) => [name, known.get(name)]),
      ...(surroundings.examples === undefined ? [] : [[EXAMPLES, surroundings.examples]]),
    ]),
    variables: new Set([...declared].filter((path) => !own || !/^examples(\.|$)/.test(path))),
    settings: meta.config,
    retrieval: meta['triagent.retrieval'],
    partials: used,
    examples: examples?.length ?? 0,
    render(variables) {
      if (own && EXAMPLES in variables) throw wrong('examples stand beside the prompt already');
      const given = { ...variables, ...own };
      const checked = schema.safeParse(given);
      if (!checked.success) throw wrong(z.prettifyError(checked.error), checked.error);
      const boundary = `\u0002${randomUUID()}:`;
      let rendered: string;
      try {
        rendered = template(given, { data: { boundary }, partials });
      } catch (error) {
        throw wrong(messageOf(error), error);
      }
      return messagesOf(rendered, boundary);
    },
  };
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

function hashOf([source, ...others]: readonly unknown[]): string {
  const content = others.length === 0 ? String(source) : JSON.stringify([source, ...others]);
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** The examples beside a prompt, each fit for the variable that they fill. */
function readExamples(jsonl: string | undefined, { input }: FrontMatter): readonly unknown[] | undefined {
  if (jsonl === undefined) return undefined;
  const entries = Object.entries(Object(input.schema));
  const [key, item] = entries.find(([name]) => /^examples\??\(array/.test(name)) ?? [];
  if (key === undefined) throw new TypeError('it has examples beside it, but declares no examples(array)');
  const schema = fromPicoschema(item, EXAMPLES);
  return jsonl.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [schema.parse(JSON.parse(line))];
    } catch (error) {
      const detail = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
      throw new TypeError(`line ${index + 1} of its examples: ${detail}`);
    }
  });
}

function messagesOf(rendered: string, boundary: string): PromptMessage[] {
  return rendered.split(boundary).flatMap((part, index): PromptMessage[] => {
    const cut = index === 0 ? -1 : part.indexOf('\n');
    const role = index === 0 ? 'user' : part.slice(0, cut);
    const text = part.slice(cut + 1).trim();
    return text === '' || !isRole(role) ? [] : [{ role: ROLES[role], text }];
  });
}
