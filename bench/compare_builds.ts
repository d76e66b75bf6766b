// Two commits against each other, taking turns in one process: is a change a gain? The ratio is new over old of neighbouring
// windows; below 1 the new one is faster. Bits: of all weights after warming up. By the processor's time, what others do
// meanwhile counts least.
import { figure, median, medianBounds, spread } from '../src/bench/statistics.ts'
import { calibrate } from '../src/bench/windows.ts'
import { modelNames } from '../src/models/kinds.ts'
import { about, aboutLine } from './about.ts'
import { type Build, buildAt } from './builds.ts'
import { BUILD, buildOf, command, namedOf } from './command.ts'
import { heading, row } from './output.ts'
import { inTurns, processorTime, ratios } from './pairs.ts'
import { REAL_BATCHES, realModels } from './real_models.ts'

/** Of models that are not of real size, which have their own. */
const BATCH = 128

function verdict(ratio: readonly number[]): string {
  const [low, high] = medianBounds(ratio)
  const found = high < 1 ? 'faster' : low > 1 ? 'slower' : 'no difference seen'
  return `${low.toFixed(3)}–${high.toFixed(3)}: ${found}`
}

/** Why a model cannot be compared, or null. */
export function missing(model: string, builds: readonly Pick<Build, 'name' | 'has'>[]): string | null {
  const without = builds.filter((build) => !build.has(model)).map(({ name }) => name)
  return without.length ? `not compared: there is no ${model} in ${without.join(', nor in ')}` : null
}

export const compare = command({
  summary: 'two commits (.: this checkout): the ratio of their steps, and whether the bits are the same',
  takes: 'OLD NEW [MODEL …]',
  options: {
    'batch-size': [] as readonly number[], threads: 1, windows: 60, 'window-ms': 30, 'warm-steps': 10, processor: false, ...BUILD,
  },
  async run({ 'warm-steps': warmSteps, processor, ...given }, [older, newer, ...names]) {
    const { 'batch-size': asked, threads, windows, 'window-ms': windowMs, ...which } = given
    if (!older || !newer) throw new RangeError('compare: give two commits, OLD NEW; . is this checkout as it stands')
    const models = names.length ? namedOf(names, [...modelNames, ...Object.keys(realModels)]) : modelNames
    const build = buildOf(which)
    const before = await buildAt(older, { ...build, threads })
    const after = await buildAt(newer, { ...build, threads })
    const facts = await about(build)
    const clock = processor ? ' by processor time' : ''
    console.log(`${aboutLine(facts)}; threads: ${threads}, ${windows} windows of ${windowMs} ms${clock}\n`)
    console.log(`old: ${before.name}\nnew: ${after.name}\n`)
    const head = ['model', 'batch', 'old, ms', 'new, ms', 'new / old: median (quartiles)', 'the median, 95 % sure', 'bits']
    console.log(heading(head))
    const results = []
    for (const model of models) {
      const why = missing(model, [before, after])
      if (why !== null) console.log(row([model, '–', '–', '–', why, '–', '–']))
      const batches = asked.length ? asked : [REAL_BATCHES[model] ?? BATCH]
      for (const batch of why === null ? batches : []) {
        const steps = [await before.step(model, batch), await after.step(model, batch)]
        for (const { run } of steps) run(warmSteps)
        const same = steps[0]!.digest() === steps[1]!.digest()
        const times = calibrate(steps[0]!.run, windowMs)
        const [old, young] = inTurns(steps.map(({ run }) => () => run(times)), windows, processor ? processorTime : undefined)
          .map((all) => all.map((ms) => ms / times)) as [number[], number[]]
        const ratio = ratios(old, young)
        const ms = [old, young].map((all) => median(all).toFixed(2))
        console.log(row([model, batch, ...ms, spread(ratio, 3), verdict(ratio), same ? 'same' : 'different']))
        results.push({
          model, batch, same, old: figure(old), new: figure(young), ratio: figure(ratio), bounds: medianBounds(ratio),
        })
        for (const { close } of steps) await close()
      }
    }
    return { ...facts, threads, processor, old: before.name, new: after.name, results }
  },
})
