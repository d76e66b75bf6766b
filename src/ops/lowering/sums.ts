// How a sum over rows becomes kernel calls: SUM_ROWS of them at a time, then so many of these sums, and so on. So the error grows
// with the logarithm of the rows, and threads divide the blocks. Rows that are left over are a block of their own.
import { sum_f32, SUM_ROWS, type SumArgs } from '../../graph/contract.generated.ts'
import { call, type KernelCall } from '../../graph/kernel_call.ts'

/** Rows that one call adds up: it makes such blocks itself, then adds them one by one. */
const MOST = 128 * SUM_ROWS

/** How many sums there are after each call but the last. `divided`: the first blocks are a call of their own, however few. */
function levels(rows: number, divided: boolean): number[] {
  const left: number[] = []
  for (let n = rows; n > MOST || (divided && !left.length); ) left.push((n = Math.ceil(n / SUM_ROWS)))
  return left
}

/** The sum y[o, i] = scale · Σₘ x[o, m, i]; `divided`: in blocks that threads divide. */
interface RowSum extends Omit<SumArgs, 'rows'> {
  readonly divided?: boolean
}

/** Floats of scratch of a sum. */
export const sumScratch = ({ outer, middle, inner, divided = false }: Omit<RowSum, 'x' | 'y' | 'scale'>): number =>
  levels(middle, divided).reduce((floats, n) => floats + outer * n * inner, 0)

/** The calls of a sum, whose blocks go to `scratch`. */
export function sumCalls({ divided = false, x, y, middle, scale, ...others }: RowSum, scratch: number): KernelCall[] {
  const calls: KernelCall[] = []
  let [from, to, rows] = [x, scratch, middle]
  for (const left of levels(middle, divided)) {
    calls.push(call(sum_f32, { ...others, x: from, y: to, middle: rows, rows: SUM_ROWS, scale: 1 }))
    from = to
    to += 4 * others.outer * left * others.inner
    rows = left
  }
  return [...calls, call(sum_f32, { ...others, x: from, y, middle: rows, rows, scale })]
}
