import { fault } from '../../../agents/contracts/index.js';

export interface RateOptions {
  /** Calls that a tenant may make at once after a pause. */
  readonly burst: number;
  readonly perMinute: number;
}

/** Beyond this many, tenants whose bucket has filled up again are forgotten. */
const MAX_TENANTS = 1_000;

/**
 * A token bucket a tenant. The returned function takes one token or throws `RATE_LIMITED`.
 *
 * @param now milliseconds that never go back
 */
export function createTenantRate(
  { burst, perMinute }: RateOptions,
  now: () => number,
): (tenant: string) => void {
  const perMs = perMinute / 60_000;
  const buckets = new Map<string, { tokens: number; at: number }>();
  const fill = ({ tokens, at }: { tokens: number; at: number }) =>
    Math.min(burst, tokens + (now() - at) * perMs);
  return (tenant) => {
    if (buckets.size >= MAX_TENANTS) {
      for (const [name, bucket] of buckets) if (fill(bucket) >= burst) buckets.delete(name);
    }
    const tokens = fill(buckets.get(tenant) ?? { tokens: burst, at: now() });
    if (tokens < 1) {
      const retryAfterSeconds = Math.ceil((1 - tokens) / perMs / 1_000);
      throw fault('RATE_LIMITED', {
        detail: 'The tools have been used too often in the last minute.',
        retryAfterSeconds,
      });
    }
    buckets.set(tenant, { tokens: tokens - 1, at: now() });
  };
}
