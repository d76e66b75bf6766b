// Every kernel of the core over a range of sizes, or those of the named ops, in this Node or in a page of a browser. What differs
// by less than its quartiles is better asked of `compare`.
import { figure, median, quantile, spread } from '../src/bench/statistics.ts'
import { about, aboutLine } from './about.ts'
import { BUILD, buildOf, command } from './command.ts'
import { entriesOf, type TimedKernels, timeKernels } from './kernel_timing.ts'
import { percent, progress, table } from './output.ts'
import { inPage } from './page.ts'

/** `86 % (85–87)` */
const ofPeak = (all: readonly number[]): string =>
  `${percent(median(all))} (${[0.25, 0.75].map((q) => (100 * quantile(all, q)).toFixed(0)).join('–')})`

export const kernels = command({
  summary: 'every kernel (OP: those whose name begins so) over a range of sizes; --in firefox, chromium, webkit: in a page',
  takes: '[OP …]',
  options: { ms: 50, in: '', ...BUILD },
  async run({ ms, in: browser, ...which }, names) {
    entriesOf(names)
    const build = buildOf(which)
    const options = { names, ms, ...build }
    const { engine, peaks, rows } = browser
      ? await inPage<TimedKernels>(browser, 'bench/kernel_timing.ts', 'timeKernels', options)
      : await timeKernels(options, progress)
    progress('')
    const facts = await about(build, engine)
    const results = rows.map(({ ms, ...row }) => {
      const took = median(ms)
      const rates = { gflops: row.flops / took / 1e6, gigabytes: row.bytes / took / 1e6 }
      return { ...row, ...rates, ms: figure(ms), ofPeak: figure(row.ofPeak) }
    })
    console.log(`${aboutLine(facts)}; peak ${spread(peaks, 1)} GFLOP/s\n`)
    const head = ['kernel', 'µs: median (quartiles)', 'GFLOP/s', 'of peak: median (quartiles)', 'GB/s']
    console.log(table(head, results.map((row) => {
      const micro = spread(row.ms.windows.map((x) => 1000 * x), row.ms.median < 0.1 ? 2 : 0)
      const speed = row.flops ? [row.gflops.toFixed(2), ofPeak(row.ofPeak.windows)] : ['–', '–']
      return [row.name, micro, ...speed, row.gigabytes.toFixed(2)]
    })))
    return { ...facts, peak: figure(peaks), results }
  },
})
