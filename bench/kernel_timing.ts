// Times kernels one after another, in any runtime, pages too. tinybench takes the windows, each of many runs; a reading of the
// peak follows each, and a window's fraction is of the higher of the two readings around it.
import { Bench } from 'tinybench'
import { bytesMoved, compileKernel } from '../src/bench/kernels.ts'
import { machine } from '../src/bench/machine.ts'
import { peakMeter } from '../src/bench/peak.ts'
import { calibrate } from '../src/bench/windows.ts'
import { createRuntime, type RuntimeOptions } from '../src/runtime/create_runtime.ts'
import { ENTRIES, type Entry } from './kernel_entries.ts'

export interface TimedKernel {
  readonly op: string
  readonly name: string
  readonly flops: number
  readonly bytes: number
  /** Milliseconds of one run, in no order. */
  readonly ms: readonly number[]
  readonly ofPeak: readonly number[]
}

export interface TimedKernels {
  readonly engine: string
  readonly peaks: readonly number[]
  readonly rows: readonly TimedKernel[]
}

/** Those whose op begins with one of the names; all, where there are none. */
export function entriesOf(names: readonly string[]): readonly Entry[] {
  const unknown = names.find((name) => !ENTRIES.some(({ op }) => op.startsWith(name)))
  if (unknown !== undefined) {
    throw new RangeError(`no op is called "${unknown}"; there are: ${[...new Set(ENTRIES.map(({ op }) => op))].join('; ')}`)
  }
  return ENTRIES.filter(({ op }) => !names.length || names.some((name) => op.startsWith(name)))
}

interface Options extends Pick<RuntimeOptions, 'wide' | 'precision'> {
  readonly names: readonly string[]
  /** Milliseconds for each kernel. */
  readonly ms: number
}

export async function timeKernels(
  { names, ms, ...options }: Options, tell?: (kernel: string) => void,
): Promise<TimedKernels> {
  const runtime = await createRuntime(options)
  const meter = await peakMeter(runtime)
  const peaks = [meter()]
  const rows: TimedKernel[] = []
  for (const { op, kernel, values } of entriesOf(names)) {
    tell?.(kernel.name)
    const { fn } = compileKernel(await runtime.session(1), kernel, values?.())
    const times = calibrate((n) => void fn.run(n), ms / 20)
    const ofPeak: number[] = []
    const bench = new Bench({ time: ms, iterations: 5, warmup: false, retainSamples: true, throws: true })
    bench.add(kernel.name, () => {
      const began = bench.now()
      fn.run(times)
      const took = bench.now() - began
      peaks.push(meter())
      ofPeak.push((fn.flops * times) / took / 1e6 / Math.max(...peaks.slice(-2)))
      return { overriddenDuration: took / times, overriddenIterationCost: took }
    }, { async: false })
    await bench.run()
    const { result } = bench.tasks[0]!
    if (result.state !== 'completed') throw new Error(`${kernel.name}: ${result.state}`)
    rows.push({ op, name: kernel.name, flops: fn.flops, bytes: bytesMoved(fn.schedule), ms: result.latency.samples!, ofPeak })
  }
  return { engine: machine().engine, peaks, rows }
}
