import { z } from 'zod';
import type { AgentPorts, ToolOffer } from '../../ports.js';
import type { RunContext } from '../../run-context.js';

/** What a tool may do: look at trusted hosts, or read the text that came with the question. */
export type PermissionClass = 'read-network' | 'read-text';

/** A text that came with the question: the message itself or an attachment. */
export interface GivenText {
  readonly name: string;
  readonly text: string;
}

export interface ToolContext {
  readonly ports: Pick<AgentPorts, 'network' | 'clock'>;
  /** Its deadline is already narrowed to the tool's own. */
  readonly run: RunContext;
  readonly texts: readonly GivenText[];
}

/** What a tool found out. Looking in vain is an outcome too: `ok` is false and `code` says why. */
export interface ToolOutcome {
  readonly ok: boolean;
  readonly code?: string;
  /** One or two plain sentences for a person. */
  readonly summary: string;
  readonly facts: Readonly<Record<string, string>>;
}

export interface DiagnosticTool<Input> {
  /** Dotted name of observations, events and results. */
  readonly name: string;
  readonly version: string;
  /** For the model: what the tool tells and when it helps. */
  readonly description: string;
  readonly input: z.ZodType<Input>;
  readonly permission: PermissionClass;
  /** Milliseconds that one call may take. */
  readonly deadlineMs: number;
  /** What a call looks at, as a person would name it. */
  target(input: Input): string;
  run(input: Input, context: ToolContext): Promise<ToolOutcome>;
}

/** A call whose arguments fit the schema. */
export interface PreparedCall {
  readonly tool: string;
  readonly target: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** The same for the same question: the journal's request and the memory of what was tried. */
  readonly request: string;
  readonly deadlineMs: number;
  run(context: ToolContext): Promise<ToolOutcome>;
}

/** A tool with its input type closed in, so that tools of all inputs stand in one table. */
export interface Tool extends Pick<DiagnosticTool<unknown>, 'name' | 'version' | 'permission'> {
  readonly offer: ToolOffer;
  /** The call, or in words what is wrong with the arguments. */
  prepare(args: unknown): PreparedCall | string;
}

/** Providers allow no dots in the name of a function. */
const nativeName = (name: string) => name.replaceAll('.', '_');

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1);

/** Closes a tool's input type in and gives it the name under which models see it. */
export function defineTool<Input extends Readonly<Record<string, unknown>>>(
  tool: DiagnosticTool<Input>,
): Tool {
  const { name, version, permission, description, input: schema, deadlineMs } = tool;
  return {
    name,
    version,
    permission,
    offer: { name: nativeName(name), description, input: schema },
    prepare(args) {
      const parsed = schema.safeParse(args);
      if (!parsed.success) return z.prettifyError(parsed.error);
      const input = parsed.data;
      const request = `${name} ${JSON.stringify(Object.fromEntries(Object.entries(input).sort(byKey)))}`;
      return {
        tool: name,
        target: tool.target(input),
        input,
        request,
        deadlineMs,
        run: (context) => tool.run(input, context),
      };
    },
  };
}
