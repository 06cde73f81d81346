/** A map that forgets what was used least recently once the weights of its entries exceed a bound. */
export interface BoundedCache<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  delete(key: string): void;
}

/** @param weigh - weight of an entry, in the unit of `most` */
export function createBoundedCache<V>(most: number, weigh: (value: V) => number): BoundedCache<V> {
  const entries = new Map<string, V>();
  let held = 0;

  const drop = (key: string) => {
    const value = entries.get(key);
    if (value === undefined) return;
    entries.delete(key);
    held -= weigh(value);
  };

  return {
    delete: drop,
    get(key) {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    set(key, value) {
      drop(key);
      entries.set(key, value);
      held += weigh(value);
      for (const oldest of entries.keys()) {
        if (held <= most) break;
        drop(oldest);
      }
    },
  };
}
