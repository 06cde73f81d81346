import { type ErrorCode, isFault, type ToolStreamData } from '../contracts/index.js';
import type { AgentPorts, PromptMessage, ToolCall } from '../ports.js';
import type { RunContext } from '../run-context.js';
import type { GivenText, PermissionClass, PreparedCall, ToolOutcome } from './tools/tool.js';
import { toolOf } from './tools/tools.js';

/** Calls of one turn that are answered; a model that asks for more asks for nothing in particular. */
const CALLS_A_TURN = 8;

/** What a call found, as the journal keeps it. */
export interface Finding extends ToolOutcome {
  readonly startedAt: string;
  readonly ms: number;
}

export interface Refusal {
  readonly code: string;
  readonly detail: string;
}

/** One call of the model under the id that the host gave it. */
export interface ToolResult {
  readonly call: ToolCall;
  /** Set where the tool was looked at with; a refused call has none. */
  readonly found?: { readonly prepared: PreparedCall; readonly finding: Finding };
  /** Set where the model must ask differently. */
  readonly refusal?: Refusal;
}

/** Codes that say something about the call, not about its target. */
const REFUSALS: ReadonlySet<string> = new Set<ErrorCode>([
  'TARGET_INVALID',
  'TARGET_UNTRUSTED',
  'TOOLS_OFF',
  'RATE_LIMITED',
  'TOOL_INPUT_INVALID',
]);

interface Bench {
  readonly ports: AgentPorts;
  readonly run: RunContext;
  readonly visit: number;
  readonly allowed: ReadonlySet<PermissionClass>;
  readonly texts: readonly GivenText[];
  /** Requests of earlier visits, as {@link PreparedCall.request}. */
  readonly known: ReadonlySet<string>;
  /** Calls that this run may still make. */
  readonly budget: number;
}

/** The tool text for the model: data, never an instruction, and so in one plain form. */
export function toolMessage({ call, found, refusal }: ToolResult): PromptMessage {
  const facts = Object.entries(found?.finding.facts ?? {}).map(([name, value]) => `${name}: ${value}`);
  const text = refusal
    ? `error ${refusal.code}: ${refusal.detail}`
    : [found?.finding.summary ?? 'Answered above.', ...facts].join('\n');
  return { role: 'tool', toolCallId: call.id, text };
}

/**
 * Runs what a model asks for within one visit: ids are the host's, arguments fit the tool's schema, the same question is
 * asked once, and each call goes through the journal. Cancelling the run ends every call with the signal's reason.
 */
export function createToolBench(bench: Bench): (asked: readonly ToolCall[]) => Promise<ToolResult[]> {
  const { ports, run, visit, texts } = bench;
  const requests = new Set(bench.known);
  let numbered = 0;
  let left = bench.budget;

  /** Short enough for every provider, and of this run alone. */
  const nextId = () => {
    numbered += 1;
    return `call_${run.runId.replaceAll(/[^\w]/g, '').slice(-12)}_${visit}_${numbered}`;
  };

  const refuse = (code: ErrorCode, detail: string) => ({ refusal: { code, detail } });

  const check = (
    { name, args }: ToolCall,
    place: number,
  ): { refusal: Refusal } | { prepared: PreparedCall } => {
    const tool = toolOf(name);
    if (!tool || !bench.allowed.has(tool.permission))
      return refuse('TOOL_UNKNOWN', 'This tool is not offered.');
    const prepared = tool.prepare(args);
    if (typeof prepared === 'string') return refuse('TOOL_INPUT_INVALID', prepared);
    if (place >= CALLS_A_TURN || left <= 0) return refuse('TOOL_LIMIT', 'No more calls are left.');
    return { prepared };
  };

  const perform = async (prepared: PreparedCall): Promise<Finding> => {
    const started = ports.clock.monotonic();
    const startedAt = new Date(ports.clock.now()).toISOString();
    const deadline = Math.min(run.limits.deadline, ports.clock.now() + prepared.deadlineMs);
    const bounded = { ...run, limits: { ...run.limits, deadline } };
    const outcome = await prepared
      .run({ ports, run: bounded, texts })
      .catch((error: unknown): ToolOutcome => {
        if (run.signal.aborted || !isFault(error)) throw error;
        return { ok: false, code: error.code, summary: error.detail, facts: {} };
      });
    return { ...outcome, startedAt, ms: Math.round(ports.clock.monotonic() - started) };
  };

  const emit = (data: ToolStreamData) => run.emit({ channel: 'tools', node: 'diagnostics', data });
  const emitError = (tool_call_id: string, { code, detail }: Refusal) =>
    emit({ event: 'tool-error', tool_call_id, message: detail, code });

  const settle = async (call: ToolCall, prepared: PreparedCall): Promise<ToolResult> => {
    const { tool, input, request } = prepared;
    emit({ event: 'tool-started', tool_call_id: call.id, tool_name: tool, input });
    const key = { kind: 'tool', agent: 'diagnostics', visit, request } as const;
    const finding = await run.effects.once(key, () => perform(prepared));
    const { ok, code = '', summary, facts } = finding;
    const refusal = { code, detail: summary };
    if (!ok && REFUSALS.has(code)) {
      emitError(call.id, refusal);
      return { call, refusal };
    }
    // A target that the principal named and the gate denies is a finding, and yet an error of the call.
    if (code === 'TARGET_DENIED') emitError(call.id, refusal);
    else emit({ event: 'tool-finished', tool_call_id: call.id, output: { ok, code, summary, facts } });
    return { call, found: { prepared, finding } };
  };

  return (asked) =>
    Promise.all(
      asked.map(async (given, place): Promise<ToolResult> => {
        const call = { ...given, id: nextId() };
        const checked = check(given, place);
        if ('refusal' in checked) {
          emitError(call.id, checked.refusal);
          return { call, refusal: checked.refusal };
        }
        const { prepared } = checked;
        if (requests.has(prepared.request)) return { call };
        requests.add(prepared.request);
        left -= 1;
        return settle(call, prepared);
      }),
    );
}
