// How near each sample's neighbours are: what precision and recall, density and coverage, and the search for copies rest on. Distances are
// squared Euclidean ones.

import { eachDistance, eachDistanceWithin } from "./pairs.ts";
import type { Rows } from "./rows.ts";

/** [n]: the squared distance of each row to its k-th nearest other one; an equal row counts as an other, at distance 0. */
export function neighbourRadii(rows: Rows, k: number): Float64Array {
  if (rows.count <= k) throw new Error(`neighbour ${k} of ${rows.count} rows`);
  const nearest = new Float64Array(rows.count * k).fill(Number.POSITIVE_INFINITY); // [n, k], ascending
  const insert = (i: number, distance: number) => {
    const last = i * k + k - 1;
    if (distance >= nearest[last]) return;
    let at = last;
    for (; at > i * k && nearest[at - 1] > distance; at--) nearest[at] = nearest[at - 1];
    nearest[at] = distance;
  };
  eachDistanceWithin(rows, (i, j, distance) => {
    insert(i, distance);
    insert(j, distance);
  });
  return Float64Array.from({ length: rows.count }, (_, i) => nearest[i * k + k - 1]);
}

/** [n]: the squared distance of each row to its nearest other one that is not equal to it; Infinity where all are. */
export function distinctRadii(rows: Rows): Float64Array {
  const nearest = new Float64Array(rows.count).fill(Number.POSITIVE_INFINITY);
  eachDistanceWithin(rows, (i, j, distance) => {
    if (distance === 0) return;
    if (distance < nearest[i]) nearest[i] = distance;
    if (distance < nearest[j]) nearest[j] = distance;
  });
  return nearest;
}

/** [n]: the squared distance of each of `rows` to the nearest of `others`. */
export function nearestDistances(rows: Rows, others: Rows): Float64Array {
  const nearest = new Float64Array(rows.count).fill(Number.POSITIVE_INFINITY);
  eachDistance(rows, others, (i, _, distance) => {
    if (distance < nearest[i]) nearest[i] = distance;
  });
  return nearest;
}
