// "Did you mean": the known name that is the fewest edits away. Capitals count as small letters, which known names have.

/** `; did you mean X?` where a known name is near enough to be meant, or else nothing. */
export function nearest(name: string, known: readonly string[]): string {
  const scored = known.map((other) => ({ other, edits: distance(name.toLowerCase(), other) })).sort((a, b) => a.edits - b.edits)
  const best = scored[0]
  if (!best) return ''
  const allowed = Math.max(1, Math.floor(best.other.replace(/^-+/, '').length / 3))
  return best.edits <= allowed ? `; did you mean ${best.other}?` : ''
}

/** The fewest insertions, deletions, replacements and swaps of neighbours from `a` to `b` (optimal string alignment). */
function distance(a: string, b: string): number {
  const d = Array.from({ length: a.length + 1 }, (_, i) => [i, ...new Array<number>(b.length).fill(0)])
  d[0] = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const replaced = d[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? d[i - 2]![j - 2]! + 1 : replaced
      d[i]![j] = Math.min(d[i - 1]![j]! + 1, d[i]![j - 1]! + 1, replaced, swapped)
    }
  }
  return d[a.length]![b.length]!
}
