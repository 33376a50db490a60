// The assignment problem: each row gets a column of its own, at the least cost in all. Shortest augmenting paths over reduced costs
// (Jonker and Volgenant 1987): O(n³) at worst, about n² for each row whose cheapest column is taken.

/**
 * The column of each row for the least sum of costs [n, n]; exact.
 *
 * @example assign(Float64Array.of(4, 1, 2, 3), 2) // [1, 0]: 1 + 2
 */
export function assign(costs: Float64Array, n: number): Int32Array {
  const columnOf = new Int32Array(n).fill(-1);
  const rowOf = new Int32Array(n).fill(-1);
  /** Prices of columns: a row's column is always among the cheapest by cost − price. */
  const prices = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    let least = 0;
    for (let i = 1; i < n; i++) if (costs[i * n + j] < costs[least * n + j]) least = i;
    prices[j] = costs[least * n + j];
    if (columnOf[least] >= 0) continue;
    columnOf[least] = j;
    rowOf[j] = least;
  }
  /** Of columns: how far the path to it is, from which row it comes, and whether it is the shortest for certain. */
  const distance = new Float64Array(n);
  const from = new Int32Array(n);
  const settled = new Uint8Array(n);
  for (let free = 0; free < n; free++) {
    if (columnOf[free] >= 0) continue;
    for (let j = 0; j < n; j++) distance[j] = costs[free * n + j] - prices[j];
    from.fill(free);
    settled.fill(0);
    let end = nearest(distance, settled);
    while (rowOf[end] >= 0) {
      settled[end] = 1;
      const row = rowOf[end];
      const detour = distance[end] - (costs[row * n + end] - prices[end]);
      for (let j = 0; j < n; j++) {
        if (settled[j] === 1) continue;
        const longer = costs[row * n + j] - prices[j] + detour;
        if (longer >= distance[j]) continue;
        distance[j] = longer;
        from[j] = row;
      }
      end = nearest(distance, settled);
    }
    for (let j = 0; j < n; j++) if (settled[j] === 1) prices[j] += distance[j] - distance[end];
    // Each row on the path takes the column that it led to, and leaves its own to the row before.
    for (let column = end, row = -1; row !== free; ) {
      row = from[column];
      rowOf[column] = row;
      [columnOf[row], column] = [column, columnOf[row]];
    }
  }
  return columnOf;
}

/** The nearest column that is not settled. */
function nearest(distance: Float64Array, settled: Uint8Array): number {
  let least = -1;
  for (let j = 0; j < distance.length; j++) {
    if (settled[j] === 0 && (least < 0 || distance[j] < distance[least])) least = j;
  }
  return least;
}
