/**
 * Finds the elements of one top-level array in a JSON object while its text still arrives. Each element is given once,
 * parsed strictly, as soon as its last byte is there; nothing unfinished is ever repaired.
 */
export function elementScanner(key: string, onElement: (element: unknown) => void) {
  let text = '';
  let at = 0;
  let depth = 0;
  let inString = false;
  let escaped = false;
  let stringStart = -1;
  let lastString = '';
  let elementStart = -1;
  /** Depth of the array's own elements, once it has been found. */
  let arrayDepth = -1;
  let done = false;

  const close = (end: number) => {
    if (elementStart < 0) return;
    const element = text.slice(elementStart, end).trim();
    elementStart = -1;
    if (element !== '') onElement(JSON.parse(element));
  };

  return {
    /** Takes the next piece of the text. @throws SyntaxError where an element is not valid JSON */
    push(piece: string) {
      text += piece;
      for (; at < text.length && !done; at += 1) {
        const char = text[at];
        if (inString) {
          if (escaped) escaped = false;
          else if (char === '\\') escaped = true;
          else if (char === '"') {
            inString = false;
            lastString = text.slice(stringStart + 1, at);
          }
          continue;
        }
        if (
          arrayDepth >= 0 &&
          depth === arrayDepth &&
          elementStart < 0 &&
          char !== ',' &&
          char !== ']' &&
          /\S/.test(char ?? '')
        )
          elementStart = at;
        if (char === '"') {
          inString = true;
          stringStart = at;
        } else if (char === '{' || char === '[') {
          depth += 1;
          if (char === '[' && depth === 2 && arrayDepth < 0 && lastString === key) arrayDepth = 2;
        } else if (char === '}' || char === ']') {
          if (depth === arrayDepth) {
            close(at);
            done = true;
          }
          depth -= 1;
        } else if (char === ',' && depth === arrayDepth) {
          close(at);
        }
      }
    },
  };
}
