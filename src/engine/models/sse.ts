import { fault } from '../../../agents/contracts/index.js';

/**
 * Reads server-sent events (WHATWG HTML, "Interpreting an event stream") from raw bytes and yields the `data` of each.
 * UTF-8 may be cut anywhere, but must be valid; an event that no blank line ends is dropped, as the standard says.
 * @throws `MODEL_BAD_RESPONSE` where the bytes are no UTF-8
 */
export async function* eventData(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let data: string[] = [];
  let line = '';
  let heldReturn = false;

  /** Gives the events that the text ends. A CR at its end may be half of a CRLF and waits for the next piece. */
  function* read(piece: string): Generator<string> {
    let text = heldReturn ? `\r${piece}` : piece;
    heldReturn = text.endsWith('\r');
    if (heldReturn) text = text.slice(0, -1);
    if (text.includes('\r')) text = text.replaceAll(/\r\n?/g, '\n');
    const [head = '', ...ended] = text.split('\n');
    line += head;
    for (const next of ended) {
      if (line === '') {
        if (data.length > 0) yield data.join('\n');
        data = [];
      } else if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
      line = next;
    }
  }

  for await (const chunk of bytes) yield* read(decode(decoder, chunk));
  if (heldReturn) yield* read('\n');
}

function decode(decoder: InstanceType<typeof TextDecoder>, chunk: Uint8Array): string {
  try {
    return decoder.decode(chunk, { stream: true });
  } catch (cause) {
    throw fault('MODEL_BAD_RESPONSE', { detail: 'The provider’s reply is not UTF-8.', cause });
  }
}
