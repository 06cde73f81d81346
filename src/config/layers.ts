/** Settings from one source (file, environment or flags), not yet checked. */
export interface Layer {
  readonly [key: string]: unknown;
}

export function isLayer(value: unknown): value is Layer {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Joins layers key by key; a later layer wins, a list replaces a list, and an empty (null) value says nothing. */
export function mergeLayers(...layers: readonly Layer[]): Layer {
  return layers.reduce(overlay, {});
}

function overlay(lower: Layer, upper: Layer): Layer {
  const added = Object.entries(upper)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([key, value]) => {
      const below = Object.hasOwn(lower, key) ? lower[key] : undefined;
      return [key, isLayer(value) ? overlay(isLayer(below) ? below : {}, value) : value];
    });
  return { ...lower, ...Object.fromEntries(added) };
}

/** The value at a path, or undefined where the layer does not reach. */
export function valueAt(layer: Layer, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value[Number(key)];
    return isLayer(value) && typeof key === 'string' && Object.hasOwn(value, key) ? value[key] : undefined;
  }, layer);
}

/** A layer that holds one value at a path. */
export function layerOf(path: readonly string[], value: unknown): Layer {
  const [key = '', ...rest] = path;
  return { [key]: rest.length > 0 ? layerOf(rest, value) : value };
}
