// One model at one batch size: first every contestant shows that it computes the same losses, in a process that then
// ends; then all start anew and take turns, a window each, so that whatever else the machine does hits all alike.
import { Child } from './child.ts'
import type { Entry } from './entry.ts'
import { CHECKED_STEPS, initOf } from './prepare.ts'
import { MODELS, type PeerModel } from './protocol.ts'

export interface Limits {
  readonly windows: number
  /** Milliseconds that a window should take. */
  readonly windowMs: number
  /** Counts processor time, which other work on the machine hardly changes, where true; else the clock's. */
  readonly processor: boolean
  /** Seconds that the check may take; a slower contestant is not timed. */
  readonly seconds: number
}

export interface Result {
  readonly model: PeerModel
  readonly batch: number
  readonly name: string
  readonly threads: number
  /** In whose page it ran; none where it was a process of its own. */
  readonly browser?: string
  /** Why there is no time, or why it is not ranked. */
  note?: string
  versions: Readonly<Record<string, string>>
  /** Losses of the checked steps, at a small batch size and at this one; their largest deviation from ours, relative. */
  probe: number[][]
  losses: number[][]
  deviation?: number
  /** Losses of the first steps with noise drawn by the contestant itself, and how far their sum is from ours. */
  drawn: number[][]
  drawnDeviation?: number
  /** Milliseconds a step by window; a slow contestant sits out some. */
  ms: (number | undefined)[]
  megabytes?: number | null
}

/**
 * Largest relative deviation allowed in the checked steps: sums in f32 in another order, and Adam, whose first steps
 * divide a gradient by its own size, so that one near zero (a bias before a batch norm) is rounding error made large.
 */
export const TOLERANCE = {
  autoencoder: 1e-4, vae: 1e-4, gan: 1e-4, dcgan: 1e-3, 'dcgan64-4': 5e-3, 'dcgan64-5': 5e-3, cvae64: 1e-4,
  // Its losses swing between 0 and 16 in five steps: those of the first are within 1e-6.
  sngan32: 5e-3, 'wgan-gp64': 5e-3, sngan64: 5e-3, 'vq-vae64': 5e-3, cgan64: 5e-3, acgan64: 5e-3,
} as const
/**
 * Of the checked steps, those that are compared, where not all. At batch 4 the dcgan64's losses are off those of PyTorch in f64:
 * in the second step PyTorch's in f32 by 9e-4, in the fifth by 7e-2, PyTorch's with AVX2 by 2e-3 and 4e-2, ours by 1e-4 and 9e-3.
 */
const COMPARED_STEPS: Partial<Readonly<Record<PeerModel, number>>> = { 'dcgan64-4': 2, 'dcgan64-5': 2 }
/** The same for the sum over the first steps with drawn noise: other samples of one distribution. */
const DRAWN_TOLERANCE = 0.25
/** Batch size at which a step is first tried. */
const PROBE = 4
/** How many times over the limit a linear guess from the probe must be; part of a step's cost does not grow with the batch. */
const HOPELESS = 10

/** Their generator's loss is a mean of scores, which may be near 0: it is held against the larger of the step's two losses. */
const OF_SCORES: readonly PeerModel[] = ['wgan-gp64', 'sngan64', 'cgan64']

const deviation = (model: PeerModel, a: readonly number[][], b: readonly number[][]): number =>
  Math.max(...a.flatMap((row, i) => row.map((x, j) => {
    const y = b[i]![j]!
    const scale = OF_SCORES.includes(model) ? Math.max(...b[i]!.map(Math.abs)) : Math.abs(y)
    return x === y ? 0 : Math.abs(x - y) / scale
  })))
const total = (rows: readonly number[][]): number => rows.flat().reduce((a, b) => a + b, 0)
const start = (entry: Entry): Child => new Child(entry.command as readonly string[], entry.env)

/** Why a contestant has no figure. */
const reason = ({ message }: Error) => (message.startsWith('too slow') ? message : `cannot: ${message}`)

/** Losses of the checked steps with the noise from the file; after `enough` milliseconds a step, of two alone. */
async function losses(child: Child, entry: Entry, model: PeerModel, batch: number, seconds: number, enough = Infinity) {
  const versions = await child.init(await initOf(model, batch, entry.threads, true), seconds)
  const rows: number[][] = []
  let ms = 0
  for (let i = 0; i < CHECKED_STEPS && (i < 2 || ms < enough); i++) {
    const step = await child.steps(1, seconds)
    rows.push(step.losses)
    ms = step.ms
  }
  return { versions, rows, ms }
}

async function check(entry: Entry, model: PeerModel, batch: number, { seconds }: Limits): Promise<Result> {
  const result: Result = {
    model, batch, name: entry.name, threads: entry.threads, ...(entry.browser && { browser: entry.browser }),
    versions: {}, probe: [], losses: [], drawn: [], ms: [],
  }
  if (typeof entry.command === 'string') return { ...result, note: entry.command }
  let slow: string | undefined
  const child = start(entry)
  try {
    const enough = (1000 * seconds) / CHECKED_STEPS
    const hopeless = (HOPELESS * enough * PROBE) / batch
    const { versions, rows, ms } = await losses(child, entry, model, PROBE, seconds, hopeless)
    slow = `too slow: ${(ms / 1000).toFixed(1)} s a step at batch ${PROBE}`
    result.versions = versions
    result.probe = rows
    if (ms > hopeless) return { ...result, note: slow }
    result.losses = (await losses(child, entry, model, batch, seconds, enough)).rows
    if (result.losses.length < CHECKED_STEPS) result.note = slow
  } catch (error) {
    const why = reason(error as Error)
    result.note = why.startsWith('too slow') ? (slow ?? why) : why
  } finally {
    child.end()
  }
  return result
}

interface Runner { readonly result: Result; readonly child: Child; readonly steps: number; readonly every: number }

/** Starts a contestant for timing; its first steps are compared with ours and show how long a step takes. */
async function warm(entry: Entry, result: Result, limits: Limits): Promise<Runner | null> {
  const child = start(entry)
  try {
    await child.init(await initOf(result.model, result.batch, entry.threads, false), limits.seconds)
    for (let i = 0; i < CHECKED_STEPS; i++) result.drawn.push((await child.steps(1, limits.seconds)).losses)
    const { ms } = await child.steps(1, limits.seconds)
    const many = Math.max(1, Math.round(limits.windowMs / ms / 3))
    const step = (await child.steps(many, limits.seconds)).ms / many
    const steps = Math.max(1, Math.round(limits.windowMs / step))
    return { result, child, steps, every: Math.ceil(step / (3 * limits.windowMs)) }
  } catch (error) {
    child.end()
    result.note = reason(error as Error)
    return null
  }
}

/** Milliseconds a step; none once a contestant has failed. */
async function oneWindow({ result, child, steps }: Runner, { seconds, processor }: Limits): Promise<number | undefined> {
  if (result.note?.startsWith('failed')) return undefined
  try {
    const took = await child.steps(steps, seconds)
    return (processor ? took.processor! : took.ms) / steps
  } catch (error) {
    result.note = `failed: ${(error as Error).message}`
    return undefined
  }
}

export async function race(
  entries: readonly Entry[], model: PeerModel, batch: number, limits: Limits, tell: (what: string) => void,
): Promise<Result[]> {
  const results: Result[] = []
  const runners: Runner[] = []
  try {
    for (const entry of entries) {
      tell(`${model} ${batch}: ${entry.name}`)
      const result = await check(entry, model, batch, limits)
      results.push(result)
      const [ours] = results as [Result]
      // Without ours there is nothing to hold the others against.
      if (ours.note) return results
      const { probe, losses: checked } = result
      const compared = (rows: readonly number[][]) => rows.slice(0, COMPARED_STEPS[model])
      if (probe.length) {
        const [atFirst, then] = [compared(probe), compared(checked)]
        result.deviation = Math.max(deviation(model, atFirst, ours.probe), deviation(model, then, ours.losses))
      }
      const runner = result.note ? null : await warm(entry, result, limits)
      if (!runner) continue
      runners.push(runner)
      result.drawnDeviation = Math.abs(total(result.drawn) / total(ours.drawn) - 1)
      const allowed = MODELS[model].noise.length || MODELS[model].uniform ? DRAWN_TOLERANCE : TOLERANCE[model]
      if (!(result.deviation! <= TOLERANCE[model])) result.note = 'different result'
      else if (!(result.drawnDeviation <= allowed)) {
        result.note = `different with drawn noise: ${result.drawnDeviation.toFixed(2)}`
      }
    }
    for (let window = 0; window < limits.windows; window++) {
      tell(`${model} ${batch}: window ${window + 1} of ${limits.windows}`)
      const first = window % runners.length
      for (const runner of [...runners.slice(first), ...runners.slice(0, first)]) {
        runner.result.ms.push(window % runner.every ? undefined : await oneWindow(runner, limits))
      }
    }
    // A page's process is the browser's, with all that this is besides.
    for (const { result, child } of runners) result.megabytes = result.browser ? null : child.peakMegabytes()
  } finally {
    for (const { child } of runners) child.end()
  }
  return results
}
