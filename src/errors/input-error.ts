// The one error class a user can act on: the command line prints its message alone and exits 2; anything else is a bug and keeps its stack.

/**
 * An error the user can fix, as one line: where, what was wrong with both values, what to do.
 *
 * @example throw new InputError("--batch: must be at least 1, got 0. Pass --batch 64.");
 */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** The candidate nearest to `word` (edit distance at most a third of its length, or a shared prefix), or undefined. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = candidate.startsWith(word) && word.length > 1 ? 1 : editDistance(word, candidate);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein distance: insertions, deletions and substitutions that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length];
}

/** `; did you mean "x"?` for the nearest candidate, or a list of all when none is near. */
export function suggest(word: string, candidates: Iterable<string>): string {
  const all = [...candidates];
  const near = nearest(word, all);
  return near === undefined ? `known: ${all.join(", ")}.` : `did you mean "${near}"?`;
}
