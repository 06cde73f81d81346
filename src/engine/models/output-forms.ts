import type { Fault } from '../../../agents/contracts/index.js';
import type { PromptMessage } from '../../../agents/ports.js';
import { memoize } from './offline/lru.js';
import type {
  JsonSchema,
  OutputForm,
  OutputShape,
  ProviderClient,
  ProviderRequest,
  ReplyPart,
} from './provider.js';
import type { RawCall, WholeReply } from './reply.js';

/** Models whose way to structured output is remembered. */
const MAX_MODELS = 256;

/** What is known of a model: the form that it answered in, else the first of its list that it has not refused. */
interface Known {
  place: number;
  isProven: boolean;
}

/** Remembers, by model, which way to structured output works there. */
export function createFormMemory() {
  const knownOf = memoize(MAX_MODELS, (): Known => ({ place: 0, isProven: false }));
  return {
    /** The forms to try, best first. */
    formsOf({ spec, capabilities }: ProviderClient): readonly OutputForm[] {
      return capabilities.forms.slice(knownOf(spec).place);
    },
    /** The model answered in this form, so earlier ones need not be tried again. */
    prove({ spec, capabilities }: ProviderClient, form: OutputForm) {
      const known = knownOf(spec);
      known.place = capabilities.forms.indexOf(form);
      known.isProven = true;
    },
    /**
     * True where a failure may well mean that the model does not have the form: a refused request, or a server that breaks on
     * it (llama.cpp's Python server answers 500 to `json_schema`).
     */
    isRefusal({ spec, capabilities }: ProviderClient, { code }: Fault): boolean {
      if (knownOf(spec).isProven) return false;
      return code === 'MODEL_REQUEST_INVALID' || (capabilities.mayRefuseForms && code === 'MODEL_FAILED');
    },
  };
}

/** A request in one form: `object` and `text` tell the schema in the prompt. */
export function inForm(
  request: Omit<ProviderRequest, 'signal' | 'onBytes' | 'output'>,
  output: Omit<OutputShape, 'form'> | undefined,
  form: OutputForm,
): Omit<ProviderRequest, 'signal' | 'onBytes'> {
  if (!output) return request;
  const isTold = form === 'object' || form === 'text';
  const messages = isTold ? withSchema(request.messages, output.schema) : request.messages;
  return { ...request, messages, output: { ...output, form } };
}

function withSchema(messages: readonly PromptMessage[], schema: JsonSchema): readonly PromptMessage[] {
  const rule = `Reply with one JSON object that fits this JSON schema, and with nothing else:\n${JSON.stringify(schema)}`;
  const [first, ...rest] = messages;
  return first?.role === 'system'
    ? [{ role: 'system', text: `${first.text}\n\n${rule}` }, ...rest]
    : [{ role: 'system', text: rule }, ...messages];
}

/** The piece of structured output that a part of a reply holds; empty where it holds none. */
export function outputPiece(output: OutputShape | undefined): (part: ReplyPart) => string {
  if (output?.form !== 'tool') return (part) => (part.type === 'text' ? part.text : '');
  const replies = new Set<number>();
  return (part) => {
    if (part.type !== 'toolCall') return '';
    if (part.name === output.name) replies.add(part.index);
    return replies.has(part.index) ? part.args : '';
  };
}

/** A reply taken apart: the structured output as raw JSON, and the calls of real tools. */
export function outputOf(
  reply: WholeReply,
  output: OutputShape | undefined,
): { readonly json: string; readonly calls: readonly RawCall[] } {
  const isReply = ({ name }: RawCall) => output?.form === 'tool' && name === output.name;
  const json = reply.calls.find(isReply)?.args ?? reply.text;
  return { json, calls: reply.calls.filter((call) => !isReply(call)) };
}
