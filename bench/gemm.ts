// Matrix products on training shapes, packing included, as a share of this binary's own peak.
// `npm run bench:gemm [-- --windows 30] [--relaxed] [--wide] [--in firefox|chromium|webkit] [--json FILE]`
// Without --in, in this Node. Windows of all shapes take turns with the peak loop.
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { median, quantile } from '../src/bench/statistics.ts'
import { about, aboutLine } from './about.ts'
import { BUILD, buildOf, integer } from './arguments.ts'
import { inPage } from './page.ts'
import { measureProducts, type Products } from './products.ts'

const { values } = parseArgs({
  options: { windows: { type: 'string', default: '30' }, in: { type: 'string' }, json: { type: 'string' }, ...BUILD },
})
const build = buildOf(values)
const options = { windows: integer('windows', values.windows), ...build }
const { engine, rows } = values.in === undefined
  ? await measureProducts(options)
  : await inPage<Products>(values.in, 'bench/products.ts', 'measureProducts', options)

const here = await about({ precision: 'deterministic', wide: false, ...build })
const facts = { ...here, machine: { ...here.machine, engine } }
console.log(`${aboutLine(facts)}\n`)
console.log('| product | GFLOP/s: median | best | of peak: median (quartiles) |\n|---|---|---|---|')
for (const { name, flops, ms, shares } of rows) {
  const [middle, best] = [median(ms), Math.min(...ms)].map((t) => (flops / t / 1e6).toFixed(1))
  const percent = (q: number) => (100 * quantile(shares, q)).toFixed(0)
  console.log(`| ${name} | ${middle} | ${best} | ${percent(0.5)} % (${percent(0.25)}–${percent(0.75)}) |`)
}
if (values.json) await writeFile(values.json, `${JSON.stringify({ ...facts, rows }, null, 1)}\n`)
