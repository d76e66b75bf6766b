// "Did you mean": the known name that the fewest edits away.

/** `; did you mean X?` where a known name is near enough to be meant, or else nothing. */
export function nearest(name: string, known: readonly string[]): string {
  const scored = known.map((other) => ({ other, edits: distance(name, other) })).sort((a, b) => a.edits - b.edits)
  const best = scored[0]
  return best && best.edits <= Math.max(1, Math.floor(best.other.replace(/^-+/, '').length / 3)) ? `; did you mean ${best.other}?` : ''
}

/** Levenshtein's distance: the fewest insertions, deletions and replacements from `a` to `b`. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length]!
}
