// The portable benchmark: peak, memory bandwidth, kernels, models, in whatever runtime it is called. What it timed it
// also checks: digests of a few first steps, and of each kernel's result, against golden ones, so that a fast wrong
// answer does not count.
import { callable, complete, flag, type Given, option, positive, type Rule } from '../options.ts'
import { createRuntime, type Runtime, type RuntimeOptions } from '../runtime/create_runtime.ts'
import { RUNTIME } from '../runtime/runtime.ts'
import { coreBytes } from '../runtime/cores.ts'
import { sha256 } from '../formats/sha256.ts'
import { type ModelName, modelNames } from '../models/kinds.ts'
import { version } from '../version.generated.ts'
import { bandwidths } from './bandwidth.ts'
import { fusedMultiplyAdd } from './fused.ts'
import { golden } from './golden.ts'
import { bytesMoved, compileKernel, KERNELS } from './kernels.ts'
import { machine } from './machine.ts'
import { QUICK_MODELS, trainedModel } from './models.ts'
import { peakMeter } from './peak.ts'
import { type BandwidthRow, type BenchReport, FORMAT, type Row, type Verdict } from './report.ts'
import { figure, median } from './statistics.ts'
import { runSteps } from './step.ts'
import { type Measured, type Subject, takeTurns } from './windows.ts'

const BENCH = {
  /** Fewer and shorter windows, and no DCGAN. Default false. */
  quick: option(flag, false),
  /** About how long to measure, besides starting. Default 45, quick 9. */
  seconds: positive,
  /** Called with what is being measured. */
  onProgress: callable as Rule<(what: string) => void>,
}
export type BenchOptions = Given<typeof BENCH> & RuntimeOptions

/** The fraction of the seconds that each section may take. */
const FRACTIONS = { bandwidth: 0.1, kernels: 0.35, models: 0.55 }
/** Of each section, the milliseconds of a window. */
const FULL = { seconds: 45, windows: 25, bandwidth: 20, kernel: 10, model: 80 }
const QUICK = { seconds: 9, windows: 7, bandwidth: 10, kernel: 5, model: 30 }

/**
 * Measures this machine, engine and build.
 * @throws RangeError, GanglionError for options as createRuntime does, and where the clock does not run
 * @example
 * const report = await bench()
 * console.log(reportTable(report))
 */
export async function bench(given: BenchOptions = {}): Promise<BenchReport> {
  complete('bench', given, BENCH, RUNTIME)
  const { quick = false, seconds, onProgress = () => {}, ...options } = given
  const began = performance.now()
  const plan = { ...(quick ? QUICK : FULL), ...(seconds && { seconds }) }
  onProgress('starting')
  const runtime = await createRuntime(options)
  try {
    const meter = await peakMeter(runtime)
    const peaks: number[] = []
    const measure = async (section: keyof typeof FRACTIONS, subjects: readonly Subject[]) => {
      const turns = await takeTurns(subjects, meter, {
        windows: plan.windows,
        seconds: plan.seconds * FRACTIONS[section],
        onWindow: (name, window) => onProgress(`${section}, window ${window + 1} of ${plan.windows}: ${name}`),
      })
      peaks.push(...turns.peaks)
      return turns.measured
    }
    const verdict = (name: string, digest: string): Verdict =>
      options.precision === 'relaxed' || !(name in golden) ? 'unknown' : golden[name] === digest ? 'same' : 'different'

    const streams = bandwidths(await runtime.session(1), plan.bandwidth)
    const bandwidth = zip(streams, await measure('bandwidth', streams)).map(([{ name, bytes }, { ms }]) => moved(name, ms, bytes))
    const kernels = await kernelRows(runtime, plan.kernel, measure, verdict)
    const names = quick ? QUICK_MODELS : modelNames
    const models = await modelRows(runtime, names, plan.model, measure, verdict)
    return {
      format: FORMAT,
      ganglion: version,
      core: await coreDigest(runtime, options),
      precision: runtime.precision,
      ...(runtime.precision === 'relaxed' && { fused: fusedMultiplyAdd()! }),
      wide: runtime.wide,
      threads: runtime.threads,
      threadsReason: runtime.threadsReason,
      quick,
      machine: machine(),
      seconds: Math.round(performance.now() - began) / 1000,
      peak: figure(peaks),
      bandwidth, kernels, models,
    }
  } finally {
    await runtime.close()
  }
}

type Measure = (section: 'kernels' | 'models', subjects: readonly Subject[]) => Promise<Measured[]>
type Judge = (name: string, digest: string) => Verdict

async function kernelRows(runtime: Runtime, windowMs: number, measure: Measure, verdict: Judge): Promise<BenchReport['kernels']> {
  const session = await runtime.session(1)
  const compiled = []
  for (const kernel of KERNELS) {
    const { fn, result } = compileKernel(session, kernel)
    fn.run(1)
    const digest = await sha256([new Uint8Array(result().buffer)])
    compiled.push({ name: kernel.name, fn, digest, run: (n: number) => void fn.run(n), flops: fn.flops, windowMs })
  }
  return zip(compiled, await measure('kernels', compiled)).map(([{ name, fn, digest }, found]) => ({
    ...moved(name, found.ms, bytesMoved(fn.schedule)),
    ...row(name, found, fn.flops, runtime.threads),
    digest,
    result: verdict(name, digest),
  }))
}

async function modelRows(
  runtime: Runtime, names: readonly ModelName[], windowMs: number, measure: Measure, verdict: Judge,
): Promise<BenchReport['models']> {
  const trained = []
  for (const name of names) {
    const made = await trainedModel(runtime, name)
    trained.push({ ...made, run: (n: number) => runSteps(made.fn, n), flops: made.fn.flops, windowMs })
  }
  return zip(trained, await measure('models', trained)).map(([{ name, model, batch, fn, digest, variableBytes }, found]) => {
    const stepsPerSecond = 1000 / median(found.ms)
    return {
      ...row(name, found, fn.flops, runtime.threads),
      model, batch, stepsPerSecond, samplesPerSecond: stepsPerSecond * batch,
      planBytes: fn.plan.peakBytes, variableBytes, digest,
      result: verdict(name, digest),
    }
  })
}

const row = (name: string, { ms, ofPeak }: Measured, flops: number, threads: number): Row =>
  ({ name, ms: figure(ms), gflops: flops / median(ms) / 1e6, ofPeak: median(ofPeak) / threads })
const moved = (name: string, ms: readonly number[], bytes: number): BandwidthRow =>
  ({ name, ms: figure(ms), gigabytesPerSecond: bytes / median(ms) / 1e6 })
const zip = <A, B>(a: readonly A[], b: readonly B[]): [A, B][] => a.map((x, i) => [x, b[i]!])

/** Of the entry's own core; one that was given is not read again. */
const coreDigest = async ({ precision, threads, wide }: Runtime, { core }: RuntimeOptions): Promise<string> =>
  (core === undefined ? sha256([await coreBytes(precision, threads > 1, wide)]) : '')
