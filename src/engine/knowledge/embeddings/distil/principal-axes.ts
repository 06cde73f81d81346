const SWEEPS = 12;
const SMALL = 1e-9;

/**
 * The directions in which rows vary most, best first: eigenvectors of the rows' second moments by Jacobi rotations (Golub
 * and Van Loan, 8.5).
 * @param rows - row by row, `width` numbers each
 * @returns `count` axes, `width` numbers each
 */
export function principalAxes(rows: Float32Array, width: number, count: number): Float32Array {
  const moments = secondMoments(rows, width);
  const axes = new Float64Array(width * width);
  for (let at = 0; at < width; at += 1) axes[at * width + at] = 1;
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    let turned = 0;
    for (let p = 0; p < width; p += 1)
      for (let q = p + 1; q < width; q += 1) turned += rotate(moments, axes, width, p, q);
    if (turned === 0) break;
  }
  const order = Array.from({ length: width }, (_, at) => at).sort(
    (a, b) => (moments[b * width + b] ?? 0) - (moments[a * width + a] ?? 0),
  );
  const best = new Float32Array(count * width);
  for (const [rank, axis] of order.slice(0, count).entries()) {
    best.set(axes.subarray(axis * width, (axis + 1) * width), rank * width);
  }
  return best;
}

function secondMoments(rows: Float32Array, width: number): Float64Array {
  const sums = new Float64Array(width * width);
  for (let from = 0; from < rows.length; from += width) {
    for (let p = 0; p < width; p += 1) {
      const value = rows[from + p] ?? 0;
      for (let q = p; q < width; q += 1)
        sums[p * width + q] = (sums[p * width + q] ?? 0) + value * (rows[from + q] ?? 0);
    }
  }
  for (let p = 0; p < width; p += 1)
    for (let q = 0; q < p; q += 1) sums[p * width + q] = sums[q * width + p] ?? 0;
  return sums;
}

/** Turns the plane of two axes so that their common moment vanishes. @returns 1 where it had not already */
function rotate(moments: Float64Array, axes: Float64Array, width: number, p: number, q: number): 0 | 1 {
  const common = moments[p * width + q] ?? 0;
  const [first, second] = [moments[p * width + p] ?? 0, moments[q * width + q] ?? 0];
  if (Math.abs(common) <= SMALL * Math.sqrt(Math.abs(first * second))) return 0;
  const theta = (second - first) / (2 * common);
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  turn(moments, p * width, q * width, 1, width, cosine, sine);
  turn(moments, p, q, width, width, cosine, sine);
  turn(axes, p * width, q * width, 1, width, cosine, sine);
  return 1;
}

function turn(
  table: Float64Array,
  first: number,
  second: number,
  stride: number,
  length: number,
  cosine: number,
  sine: number,
): void {
  for (let step = 0; step < length; step += 1) {
    const a = table[first + step * stride] ?? 0;
    const b = table[second + step * stride] ?? 0;
    table[first + step * stride] = cosine * a - sine * b;
    table[second + step * stride] = sine * a + cosine * b;
  }
}

/** Coordinates of rows on axes: row by row, as many numbers as there are axes. */
export function project(rows: Float32Array, width: number, axes: Float32Array): Float32Array {
  const count = axes.length / width;
  const made = new Float32Array((rows.length / width) * count);
  for (let row = 0; row < rows.length / width; row += 1) {
    for (let axis = 0; axis < count; axis += 1) {
      let sum = 0;
      for (let at = 0; at < width; at += 1)
        sum += (rows[row * width + at] ?? 0) * (axes[axis * width + at] ?? 0);
      made[row * count + axis] = sum;
    }
  }
  return made;
}
