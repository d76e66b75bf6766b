import { readFileSync } from 'node:fs'
import { compileKernel } from '../src/bench/kernels.ts'
import { calibrate } from '../src/bench/windows.ts'
import { createRuntime } from '../src/runtime/runtime.ts'
import { median, medianBounds } from '../src/bench/statistics.ts'
import { ENTRIES } from './all_kernels.ts'
const [oldFile, newFile, windowsText, ...names] = process.argv.slice(2)
const windows = Number(windowsText)
const runtimes = await Promise.all([oldFile, newFile].map((f) => createRuntime({ core: new Uint8Array(readFileSync(f!)) })))
const chosen = ENTRIES.filter(({ op }) => !names.length || names.some((name) => op.startsWith(name)))
for (const { kernel, values: draw } of chosen) {
  const fns = []
  for (const r of runtimes) fns.push(compileKernel(await r.session(1), kernel, draw?.()).fn)
  for (const f of fns) f.run(3)
  const times = calibrate((n) => void fns[0]!.run(n), 4)
  for (const f of fns) f.run(times)
  const ratios: number[] = [], olds: number[] = []
  for (let w = 0; w < windows; w++) {
    const t = [0, 0]
    for (const s of w % 2 ? [0, 1] : [1, 0]) { const b = performance.now(); fns[s]!.run(times); t[s] = (performance.now() - b) / times }
    ratios.push(t[1]! / t[0]!); olds.push(t[0]!)
  }
  const [lo, hi] = medianBounds(ratios)
  console.log(`${kernel.name.padEnd(50)} ${(median(olds) * 1000).toFixed(2).padStart(10)} µs  ${median(ratios).toFixed(3)}  [${lo.toFixed(3)} ${hi.toFixed(3)}]${lo > 1.02 ? '  SLOWER' : hi < 0.98 ? '  faster' : ''}`)
}
