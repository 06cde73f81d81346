import { normalCdf, studentQuantile } from './distributions.js';
import { type Family, meanDifference } from './families.js';
import { randomFrom } from './random.js';

// Looked up once: in a test's sandbox a global costs more than the arithmetic.
const { floor, min, max, sqrt } = Math;

/**
 * Bootstrap interval of the mean difference: whole families are drawn with replacement. The percentiles are expanded so
 * that few families give as wide an interval as Student's t would (Hesterberg 2015, "What teachers should know about the
 * bootstrap", section 4.3): plain percentiles are too narrow there.
 */
export function bootstrapInterval(
  families: readonly Family[],
  alpha: number,
  draws = 5_000,
  seed = 1,
): readonly [number, number] {
  const count = families.length;
  if (count < 2) return [meanDifference(families), meanDifference(families)];
  const sums = Float64Array.from(families, ({ sum }) => sum);
  const cases = Float64Array.from(families, (family) => family.cases);
  const random = randomFrom(seed);
  const means = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw += 1) {
    let sum = 0;
    let size = 0;
    for (let drawn = 0; drawn < count; drawn += 1) {
      const family = floor(random() * count);
      sum += sums[family] ?? 0;
      size += cases[family] ?? 0;
    }
    means[draw] = sum / size;
  }
  means.sort();
  const tail = normalCdf(-studentQuantile(1 - alpha / 2, count - 1) * sqrt(count / (count - 1)));
  const at = (share: number) => means[min(draws - 1, max(0, floor(share * draws)))] ?? 0;
  return [at(tail), at(1 - tail)];
}
