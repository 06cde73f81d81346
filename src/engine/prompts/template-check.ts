import Handlebars from 'handlebars';

/** What `each` tells a body about its place. */
const DATA = new Set(['index', 'first', 'last', 'key']);
const ENTERING = new Set(['each', 'with']);

export interface CheckedTemplate {
  /** Names of the partials that are used, those inside partials too, in the order of their first use. */
  readonly partials: readonly string[];
}

/**
 * Finds before any run what would only fail, or stay empty, when a prompt is rendered: variables that the schema does not
 * declare and partials that do not exist. Unknown helpers are the compiler's to refuse.
 *
 * @param declared paths of the variables, `passages.title` for those inside lists and objects
 * @throws TypeError naming what is wrong
 */
export function checkTemplate(
  body: string,
  declared: ReadonlySet<string>,
  partials: ReadonlyMap<string, string>,
): CheckedTemplate {
  const used = new Set<string>();

  function visitAll(program: hbs.AST.Program | undefined, scopes: Scopes, open: readonly string[]) {
    for (const statement of program?.body ?? []) visit(statement, scopes, open);
  }

  /** Where a path leads: the scope that a block over it opens. */
  function pathOf(node: hbs.AST.Node, scopes: Scopes): string {
    if (!isPath(node)) return '';
    const { original, parts, depth, data } = node;
    if (data) {
      if (!DATA.has(parts.join('.'))) throw new TypeError(`there is no {{${original}}}`);
      return '';
    }
    const scope = scopes.at(-1 - depth);
    if (scope === undefined) throw new TypeError(`{{${original}}} leads out of the prompt`);
    const path = `${scope}${parts.join('.')}`;
    if (parts.length > 0 && !declared.has(path)) throw new TypeError(`{{${original}}} is not declared`);
    return path;
  }

  function visitCall(node: hbs.AST.MustacheStatement | hbs.AST.SubExpression, scopes: Scopes) {
    const values = [...node.params, ...(node.hash?.pairs ?? []).map(({ value }) => value)];
    if (values.length === 0 && node.type === 'MustacheStatement') pathOf(node.path, scopes);
    for (const value of values)
      if (isCall(value)) visitCall(value, scopes);
      else pathOf(value, scopes);
  }

  function visit(node: hbs.AST.Statement, scopes: Scopes, open: readonly string[]): void {
    if (isMustache(node)) visitCall(node, scopes);
    else if (isPartial(node)) visitPartial(node, scopes, open);
    else if (isBlock(node)) visitBlock(node, scopes, open);
    else if (!PLAIN.has(node.type)) throw new TypeError(`${node.type} is not part of a prompt`);
  }

  function visitBlock(node: hbs.AST.BlockStatement, scopes: Scopes, open: readonly string[]) {
    const helper = isPath(node.path) ? node.path.original : '';
    const [subject = node.path] = node.params;
    const path = isCall(subject) ? '' : pathOf(subject, scopes);
    if (isCall(subject)) visitCall(subject, scopes);
    const enters = ENTERING.has(helper) || node.params.length === 0;
    visitAll(node.program, enters ? [...scopes, `${path}.`] : scopes, open);
    visitAll(node.inverse, scopes, open);
  }

  function visitPartial(node: hbs.AST.PartialStatement, scopes: Scopes, open: readonly string[]) {
    const name = isPath(node.name) ? node.name.original : '';
    const text = partials.get(name);
    if (text === undefined) throw new TypeError(`there is no partial “${name}”`);
    if (node.params.length > 0 || node.hash) throw new TypeError(`the partial “${name}” takes no arguments`);
    if (open.includes(name)) throw new TypeError(`the partial “${name}” contains itself`);
    used.add(name);
    visitAll(Handlebars.parse(text), scopes, [...open, name]);
  }

  visitAll(Handlebars.parse(body), [''], []);
  return { partials: [...used] };
}

/** Prefixes of the paths by block, the outermost first. */
type Scopes = readonly string[];

const PLAIN = new Set(['ContentStatement', 'CommentStatement']);
const isPath = (node: hbs.AST.Node): node is hbs.AST.PathExpression => node.type === 'PathExpression';
const isCall = (node: hbs.AST.Node): node is hbs.AST.SubExpression => node.type === 'SubExpression';
const isMustache = (node: hbs.AST.Node): node is hbs.AST.MustacheStatement =>
  node.type === 'MustacheStatement';
const isBlock = (node: hbs.AST.Node): node is hbs.AST.BlockStatement => node.type === 'BlockStatement';
const isPartial = (node: hbs.AST.Node): node is hbs.AST.PartialStatement => node.type === 'PartialStatement';
