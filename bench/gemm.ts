// Matrix products on training shapes, packing included, as a share of this binary's own peak. `npm run bench:gemm`
// Windows of all shapes take turns with the peak loop.
import { input } from '../src/graph/leaves.ts'
import { matmul } from '../src/ops/matmul.ts'
import { createRuntime } from '../src/runtime/runtime.ts'
import { peakMeter } from '../src/bench/peak.ts'
import { median, quantile } from '../src/bench/statistics.ts'

/** m, k, n, and which side is transposed: forward, gradient for the input, gradient for the weights. */
const SHAPES = [
  [512, 512, 512], [1024, 1024, 1024],
  [128, 784, 400], [128, 400, 784, 'b'], [784, 128, 400, 'a'],
  [128, 1024, 1024], [128, 1024, 1024, 'b'], [1024, 128, 1024, 'a'],
] as const
const WINDOWS = 30

const runtime = await createRuntime()
const meter = await peakMeter(runtime)
const rows = await Promise.all(SHAPES.map(async ([m, k, n, side]) => {
  const session = await runtime.session(1)
  const a = input('a', side === 'a' ? [k, m] : [m, k])
  const b = input('b', side === 'b' ? [n, k] : [k, n])
  const y = matmul(a, b, { transposeA: side === 'a', transposeB: side === 'b' })
  const fn = session.compile({ group: 'gemm', stages: [{ outputs: { y } }] })
  const fill = (size: number) => Float32Array.from({ length: size }, (_, i) => ((i * 7919) % 1009) / 504.5 - 1)
  fn.feed('a', fill(m * k)).feed('b', fill(k * n))
  fn.run(3)
  const steps = Math.max(1, Math.round(4e8 / fn.flops))
  const name = `${m}×${k}×${n}${side === 'a' ? ' Aᵀ' : side === 'b' ? ' Bᵀ' : ''}`
  return { name, fn, steps, speeds: [] as number[], shares: [] as number[] }
}))
for (let window = 0; window < WINDOWS; window++) {
  for (const row of rows) {
    const before = meter()
    const began = performance.now()
    row.fn.run(row.steps)
    const speed = (row.fn.flops * row.steps) / (performance.now() - began) / 1e6
    row.speeds.push(speed)
    row.shares.push(speed / Math.max(before, meter()))
  }
}
console.log(`Node ${process.versions.node}, V8 ${process.versions.v8}\n`)
console.log('| product | GFLOP/s: median | best | of peak: median (quartiles) |\n|---|---|---|---|')
for (const { name, speeds, shares } of rows) {
  const percent = (q: number) => (100 * quantile(shares, q)).toFixed(0)
  const [best, share] = [Math.max(...speeds).toFixed(1), `${percent(0.5)} % (${percent(0.25)}–${percent(0.75)})`]
  console.log(`| ${name} | ${median(speeds).toFixed(1)} | ${best} | ${share} |`)
}
