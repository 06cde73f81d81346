import type { IngestedDocument, QualityMeasures } from '../runtime.contract.js';
import type { Rejection } from './ingest/article.schema.js';
import type { KeptRow, KeptRows } from './stores/kept-rows.js';

/** The source of what comes with Triagent; everything else is somebody's own. */
export const SAMPLES = 'samples';

/** Something that was read and may be kept. */
export interface Item<T> {
  readonly id: string;
  readonly hash: string;
  readonly passages: number;
  /** Characters, for the size of a unit of work. */
  readonly size: number;
  /** What its author could mend. */
  readonly quality?: readonly string[];
  readonly measures?: QualityMeasures;
  readonly kept: T;
}

export type Incoming<T> =
  | Item<T>
  | {
      readonly id: string;
      readonly error: Rejection;
      readonly measures?: QualityMeasures;
    };

/** A unit of work stays small enough to share the disk with runs, and large enough to be quick. */
const UNIT_ITEMS = 40;
const UNIT_CHARACTERS = 2_000_000;

/** What becomes of an item that is known already. Samples never replace what is somebody's own. */
function statusOf(
  known: KeptRow | undefined,
  hash: string,
  source: string,
): 'added' | 'updated' | 'unchanged' {
  if (!known) return 'added';
  const wasSample = known.source === SAMPLES;
  if (wasSample !== (source === SAMPLES)) return wasSample ? 'updated' : 'unchanged';
  return known.hash === hash ? 'unchanged' : 'updated';
}

function units<T>(items: readonly Item<T>[]): Item<T>[][] {
  const made: Item<T>[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const last = made.at(-1);
    if (!last || last.length >= UNIT_ITEMS || size + item.size > UNIT_CHARACTERS) {
      made.push([item]);
      size = item.size;
    } else {
      last.push(item);
      size += item.size;
    }
  }
  return made;
}

export interface Intake<T> {
  readonly rows: KeptRows;
  readonly put: (tenant: string, items: readonly T[]) => Promise<void>;
}

/**
 * Takes items in once: those that are new or have changed are kept, unit by unit, and each item's fate is told in order.
 * A rejected item never stops the others.
 */
export async function takeIn<T>(
  { rows, put }: Intake<T>,
  incoming: readonly Incoming<T>[],
  { tenant, source }: { tenant: string; source: string },
  onProgress: (done: number) => void = () => {},
): Promise<readonly IngestedDocument[]> {
  const known = new Map(
    await rows.known(
      tenant,
      incoming.map(({ id }) => id),
    ),
  );
  const changed: Item<T>[] = [];
  const report = incoming.map((item): IngestedDocument => {
    const { id, measures } = item;
    const judged = { ...(measures && { measures }) };
    if ('error' in item) return { id, status: 'rejected', passages: 0, error: item.error, ...judged };
    const { hash, passages, quality = [] } = item;
    const status = statusOf(known.get(id), hash, source);
    if (status !== 'unchanged') {
      changed.push(item);
      known.set(id, { hash, source });
    }
    return { id, status, passages, ...(quality.length > 0 && { quality }), ...judged };
  });
  let done = incoming.length - changed.length;
  for (const unit of units(changed)) {
    await put(
      tenant,
      unit.map(({ kept }) => kept),
    );
    done += unit.length;
    onProgress(done);
  }
  return report;
}
