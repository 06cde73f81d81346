import { fault } from '../../../agents/contracts/index.js';
import { FINISH_FAULTS } from './model-faults.js';
import type { FinishReason, ReplyPart } from './provider.js';

/** A tool call as the provider wrote it; `args` are its raw bytes. */
export interface RawCall {
  readonly id?: string;
  readonly name: string;
  readonly args: string;
}

export interface WholeReply {
  readonly text: string;
  readonly calls: readonly RawCall[];
}

/**
 * Gathers the parts of one reply. Complete or it did not happen: `whole` gives the reply only after its provider said that
 * it had ended, and why; whatever broke off or was cut short is a failure of its own.
 */
export function createCollector() {
  const calls = new Map<number, { id?: string; name: string; args: string }>();
  let text = '';
  let written = 0;
  let hasBegun = false;
  let finish: FinishReason | null = null;
  let usage: Extract<ReplyPart, { type: 'usage' }> | null = null;

  const addCall = ({ index, id, name, args }: Extract<ReplyPart, { type: 'toolCall' }>) => {
    const call = calls.get(index) ?? { name: '', args: '' };
    calls.set(index, { ...call, ...(id && { id }), name: name ?? call.name, args: call.args + args });
    written += args.length;
  };

  return {
    add(part: ReplyPart) {
      hasBegun = true;
      if (part.type === 'finish') finish ??= part.reason;
      else if (part.type === 'usage') usage = part;
      else if (part.type === 'toolCall') addCall(part);
      else {
        text += part.text;
        written += part.text.length;
      }
    },
    /** False where the provider refused before it read anything. */
    hasBegun: () => hasBegun,
    /** Characters that came, whether or not they count. */
    written: () => written,
    /** As reported: not yet trusted. */
    usage: () => usage,
    /** @throws `MODEL_STREAM_TRUNCATED`, `MODEL_LENGTH`, `MODEL_REFUSED`, `MODEL_EMPTY` … */
    whole(mayBeEmpty: boolean): WholeReply {
      if (finish === null) throw fault('MODEL_STREAM_TRUNCATED');
      const cut = FINISH_FAULTS[finish];
      if (cut) throw fault(cut);
      const made = [...calls].sort(([a], [b]) => a - b).map(([, call]) => call);
      if (made.some(({ name }) => name === ''))
        throw fault('MODEL_BAD_RESPONSE', { detail: 'The provider sent a tool call without a name.' });
      const isEmpty = made.length === 0 && text.trim() === '';
      if (isEmpty && (finish === 'tools' || !mayBeEmpty)) throw fault('MODEL_EMPTY');
      return { text, calls: made };
    },
  };
}

export type Collector = ReturnType<typeof createCollector>;
