// Matrix products on training shapes, packing included, as shares of this binary's own peak: in any runtime, pages too.
import { input } from '../src/graph/leaves.ts'
import { matmul } from '../src/ops/matmul.ts'
import { createRuntime, type RuntimeOptions } from '../src/runtime/create_runtime.ts'
import { machine } from '../src/bench/machine.ts'
import { peakMeter } from '../src/bench/peak.ts'
import { type Measured, takeTurns } from '../src/bench/windows.ts'
import { madeUp } from '../src/verify/draw.ts'

/** m, k, n, and which side is transposed: forward, gradient for the input, gradient for the weights. */
const SHAPES = [
  [512, 512, 512], [1024, 1024, 1024],
  [128, 784, 400], [128, 400, 784, 'b'], [784, 128, 400, 'a'],
  [128, 1024, 1024], [128, 1024, 1024, 'b'], [1024, 128, 1024, 'a'],
] as const
const WINDOW_MS = 8

export interface Products {
  readonly engine: string
  readonly rows: readonly (Measured & { readonly name: string; readonly flops: number })[]
}

export async function measureProducts({ windows, ...options }: RuntimeOptions & { windows: number }): Promise<Products> {
  const runtime = await createRuntime(options)
  const meter = await peakMeter(runtime)
  const subjects = await Promise.all(SHAPES.map(async ([m, k, n, side]) => {
    const session = await runtime.session(1)
    const a = input('a', side === 'a' ? [k, m] : [m, k])
    const b = input('b', side === 'b' ? [n, k] : [k, n])
    const y = matmul(a, b, { transposeA: side === 'a', transposeB: side === 'b' })
    const fn = session.compile({ group: 'gemm', stages: [{ outputs: { y } }] })
    fn.feed('a', madeUp(m * k, 1)).feed('b', madeUp(k * n, 2))
    // Long enough for an engine to have compiled its best code.
    fn.run(Math.ceil(1e9 / fn.flops))
    const name = `${m}×${k}×${n}${side === 'a' ? ' Aᵀ' : side === 'b' ? ' Bᵀ' : ''}`
    return { name, flops: fn.flops, windowMs: WINDOW_MS, run: (n: number) => void fn.run(n) }
  }))
  const { measured } = await takeTurns(subjects, meter, { windows, seconds: Infinity, onWindow: () => {} })
  const rows = measured.map((row, i) => ({ ...row, name: subjects[i]!.name, flops: subjects[i]!.flops }))
  return { engine: machine().engine, rows }
}
