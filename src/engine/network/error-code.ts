/** The `code` of a thrown system error, or an empty text. By shape: errors of another realm are no `instanceof Error`. */
export function errorCode(error: unknown): string {
  const coded = typeof error === 'object' && error !== null && 'code' in error;
  return coded && typeof error.code === 'string' ? error.code : '';
}
