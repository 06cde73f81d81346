const FIELD = /[\s,]*(?:"((?:\\["\\]|""|\\(?!["\\])|[^"\\])*)"\s*(?=,|$)|([^",\s][^,]*))/gy;

/**
 * `a, "b, c", d` as its fields: quoted ones may hold commas, `\"` and `""` are a quotation mark.
 * @throws Error where a quotation mark is not closed, or text follows it
 */
export function commaValues(text: string): string[] {
  const fields: string[] = [];
  let end = 0;
  for (const match of text.matchAll(FIELD)) {
    const [whole, quoted, plain] = match;
    end = match.index + whole.length;
    fields.push(quoted === undefined ? (plain ?? '').trim() : quoted.replaceAll(/\\(["\\])|"(")/g, '$1$2'));
  }
  if (!/^[\s,]*$/.test(text.slice(end))) throw new Error('a quoted field of the list does not end');
  return fields;
}
