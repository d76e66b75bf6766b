// One spec an op: its cases (src/verify/cases), what they give in doubles, how closely. The same spec drives the value
// test, the gradient checks, the guard and thread tests (test/ops.test.ts).
import type { OpCase, OpCases } from '../../src/verify/cases/case.ts'
import type { Array64 } from '../reference/arrays.ts'

/** What a case must give, in doubles. */
export type Reference = (...inputs: Array64[]) => Array64

export interface Closeness {
  /** Largest error of a value, relative to |reference| + the reference's root mean square. Default 1e-6. */
  readonly tolerance?: number
  /** Largest error of a directional derivative relative to the sum of its terms' sizes. Default 1e-5. */
  readonly gradientTolerance?: number
}

export interface Case extends OpCase {
  readonly reference: Reference
}
export interface Spec extends OpCases, Closeness {
  readonly cases: readonly Case[]
}

/** The spec of an op whose reference depends on what each case was made from. */
export const spec = <Row>(given: OpCases<Row>, reference: (row: Row) => Reference, closeness: Closeness = {}): Spec =>
  ({ ...given, ...closeness, cases: given.cases.map((c) => ({ ...c, reference: reference(c.row) })) })

/** The specs of ops with one reference each, by name, with a tolerance of its own where it needs one. */
export function specsOf(
  list: readonly OpCases[], references: Readonly<Record<string, Reference | readonly [Reference, Closeness]>>,
  closeness: Closeness = {},
): Spec[] {
  const extra = Object.keys(references).filter((op) => !list.some((given) => given.op === op))
  if (extra.length) throw new RangeError(`references of ops that have no cases: ${extra.join(', ')}`)
  return list.map((given) => {
    const found = references[given.op]
    if (!found) throw new RangeError(`the cases of '${given.op}' have no reference`)
    const [reference, own] = typeof found === 'function' ? [found, {}] : found
    return spec(given, () => reference, { ...closeness, ...own })
  })
}
