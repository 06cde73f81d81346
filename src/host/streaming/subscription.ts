import { z } from 'zod';
import { CHANNELS, type Channel, fault } from '../../../agents/contracts/index.js';
import type { LoggedEvent } from '../../engine/runtime.js';

const MAX_CHANNELS = 64;
const namespace = z.array(z.string().max(256)).max(32);

/** What a reader wants to see of a thread; the body of an event stream request and of `subscription.subscribe`. */
export const filterSchema = z.object({
  channels: z
    .array(z.string())
    .min(1)
    .max(MAX_CHANNELS)
    .describe(`any of ${CHANNELS.join(', ')}`),
  namespaces: z.array(namespace).max(MAX_CHANNELS).optional().describe('prefixes; all where absent'),
  depth: z.int().nonnegative().optional().describe('levels below a prefix; unlimited where absent'),
});

export interface Filter {
  readonly channels: ReadonlySet<string>;
  readonly namespaces?: readonly (readonly string[])[];
  readonly depth?: number;
}

const KNOWN: ReadonlySet<string> = new Set<Channel>(CHANNELS);

/** @throws `CHANNEL_UNKNOWN` naming the channel */
export function readFilter(params: z.infer<typeof filterSchema>): Filter {
  const unknown = params.channels.find((channel) => !KNOWN.has(channel));
  if (unknown !== undefined)
    throw fault('CHANNEL_UNKNOWN', { detail: `There is no channel "${unknown.slice(0, 64)}".` });
  return {
    channels: new Set(params.channels),
    ...(params.namespaces && { namespaces: params.namespaces }),
    ...(params.depth !== undefined && { depth: params.depth }),
  };
}

/** Segments of events carry a run-time suffix (`retriever:8f3c`); a prefix without one matches its plain name. */
const sameSegment = (wanted: string, found: string | undefined): boolean =>
  found === wanted || (!wanted.includes(':') && found?.split(':', 1)[0] === wanted);

const below = (found: readonly string[], prefix: readonly string[], depth: number | undefined): boolean =>
  prefix.length <= found.length &&
  prefix.every((segment, index) => sameSegment(segment, found[index])) &&
  (depth === undefined || found.length - prefix.length <= depth);

/** True where the reader asked for this event. Plain `custom` stands for every named one. */
export function matches(filter: Filter, event: LoggedEvent): boolean {
  const { channels, namespaces, depth } = filter;
  const wanted =
    channels.has(event.method) ||
    (event.method === 'custom' && event.name !== null && channels.has(`custom:${event.name}`));
  if (!wanted) return false;
  return !namespaces?.length || namespaces.some((prefix) => below(event.namespace, prefix, depth));
}
