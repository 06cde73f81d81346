import { isRecord } from './read-json.js';

/** What a JSON schema asks for, without the many ways of writing it. */
export interface Shape {
  readonly kind: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null';
  readonly nullable: boolean;
  /** Its name as words and its description: what it is for. */
  readonly meaning: string;
  readonly name: string;
  readonly choices: readonly string[];
  readonly members: readonly Shape[];
  readonly required: ReadonlySet<string>;
  readonly items: Shape | undefined;
  readonly least: number;
  readonly most: number;
}

const words = (name: string): string => name.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').replace(/[_-]+/g, ' ');
const KINDS = new Set(['object', 'array', 'string', 'integer', 'number', 'boolean', 'null']);
const isKind = (value: unknown): value is Shape['kind'] => typeof value === 'string' && KINDS.has(value);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const bound = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);

/** Reads a JSON schema (draft 7 to 2020-12, as zod and OpenAI write it). References are followed within the document. */
export function readShape(schema: unknown, name = '', root: unknown = schema): Shape {
  const node = isRecord(schema) ? schema : {};
  const target = typeof node.$ref === 'string' ? resolve(node.$ref, root) : undefined;
  if (target) return readShape({ ...target, ...without(node, '$ref') }, name, root);
  const variants = [...list(node.anyOf), ...list(node.oneOf), ...list(node.allOf)].filter(isRecord);
  const real = variants.find((variant) => variant.type !== 'null');
  if (real) {
    const inner = readShape({ ...real, description: node.description ?? real.description }, name, root);
    return { ...inner, nullable: inner.nullable || variants.some((variant) => variant.type === 'null') };
  }
  const types = [node.type].flat().filter(isKind);
  const members = isRecord(node.properties) ? node.properties : {};
  const choices = 'const' in node ? [node.const] : list(node.enum);
  const kind = types.find((type) => type !== 'null') ?? (isRecord(node.properties) ? 'object' : 'string');
  return {
    kind,
    nullable: types.includes('null') || choices.includes(null),
    name,
    meaning: `${words(name)}: ${typeof node.description === 'string' ? node.description : ''}`,
    choices: choices.filter((choice) => typeof choice === 'string' || typeof choice === 'number').map(String),
    members: Object.entries(members).map(([key, member]) => readShape(member, key, root)),
    required: new Set(list(node.required).map(String)),
    items: kind === 'array' ? readShape(node.items ?? {}, name, root) : undefined,
    least: bound(node.minItems ?? node.minimum, 0),
    most: bound(node.maxItems ?? node.maximum, Number.POSITIVE_INFINITY),
  };
}

const without = (node: Record<string, unknown>, key: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(node).filter(([name]) => name !== key));

function resolve(reference: string, root: unknown): Record<string, unknown> | undefined {
  let node: unknown = root;
  for (const key of reference.split('/').slice(1)) node = isRecord(node) ? node[key] : undefined;
  return isRecord(node) ? node : undefined;
}
