// Matrix products on training shapes, packing included, as a share of this binary's own peak.
// `npm run bench:gemm [-- --relaxed] [--wide] [--in firefox|chromium|webkit]`: without --in, in this Node
// Windows of all shapes take turns with the peak loop.
import { parseArgs } from 'node:util'
import { median, quantile } from '../src/bench/statistics.ts'
import { inPage } from './page.ts'
import { measureProducts, type Products } from './products.ts'

const flag = { type: 'boolean', default: false } as const
const { values } = parseArgs({ options: { relaxed: flag, wide: flag, in: { type: 'string' } } })
const options = { precision: values.relaxed ? 'relaxed' : 'deterministic', wide: values.wide } as const
const { engine, rows } = values.in === undefined
  ? await measureProducts(options)
  : await inPage<Products>(values.in, 'bench/products.ts', 'measureProducts', options)

console.log(`${engine}, ${options.precision}${options.wide ? ', wide vectors' : ''}\n`)
console.log('| product | GFLOP/s: median | best | of peak: median (quartiles) |\n|---|---|---|---|')
for (const { name, flops, ms, shares } of rows) {
  const [middle, best] = [median(ms), Math.min(...ms)].map((t) => (flops / t / 1e6).toFixed(1))
  const percent = (q: number) => (100 * quantile(shares, q)).toFixed(0)
  console.log(`| ${name} | ${middle} | ${best} | ${percent(0.5)} % (${percent(0.25)}–${percent(0.75)}) |`)
}
