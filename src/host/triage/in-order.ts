export interface InFlight {
  /** Calls at a time. */
  readonly calls: number;
  /** Sum of the weights of what they work on; one item is always taken. */
  readonly weight: number;
}

/**
 * Maps what a source yields with several calls at a time; results come in the order of the source. The source is read
 * no further than the limits allow, so its speed is that of the consumer. `map` must not reject.
 */
export async function* inOrder<T, R>(
  source: AsyncIterable<T>,
  map: (item: T, index: number) => Promise<R>,
  limits: InFlight,
  weigh: (item: T) => number,
): AsyncGenerator<R> {
  const flying: { readonly result: Promise<R>; readonly weight: number }[] = [];
  let weight = 0;
  let index = 0;
  for await (const item of source) {
    const own = weigh(item);
    for (let first = flying[0]; first; first = flying[0]) {
      if (flying.length < limits.calls && weight + own <= limits.weight) break;
      flying.shift();
      weight -= first.weight;
      yield await first.result;
    }
    flying.push({ result: map(item, index), weight: own });
    weight += own;
    index += 1;
  }
  for (const { result } of flying) yield await result;
}
