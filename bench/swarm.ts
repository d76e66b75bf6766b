// What several workers cost and gain. What is in one thread is compared by processor time, step by step in turns; workers that
// are threads by wall clock, beside what loops in registers gain on as many threads just then, since others may use the machine,
// and by the processor time of each thread.
import { readdirSync, readFileSync } from 'node:fs'
import { imageDataset, type ImageDataset } from '../src/data/dataset.ts'
import { figure, median, spread } from '../src/bench/statistics.ts'
import type { ModelDefinition } from '../src/models/definition.ts'
import { models } from '../src/models/kinds.ts'
import { inRounds } from '../src/models/rounds.ts'
import { type RunningCrew, startCrew } from '../src/node/crew.ts'
import { builtInModel } from '../src/node/model_source.ts'
import { createRuntime, type Runtime } from '../src/runtime/create_runtime.ts'
import { Coordinator } from '../src/swarm/coordinator.ts'
import { localCrew } from '../src/swarm/local_crew.ts'
import { trainTogether } from '../src/swarm/train.ts'
import { serve } from '../src/swarm/worker.ts'
import { createWork, type StepWork } from '../src/swarm/work.ts'
import { Model } from '../src/train/model.ts'
import type { Progress } from '../src/train/train.ts'
import { generator } from '../src/verify/draw.ts'
import { about, aboutLine } from './about.ts'
import { command } from './command.ts'
import { heading, progress, row, table } from './output.ts'
import { loopOn } from './threads.ts'
import { bundle, runtimeWith } from './runtimes.ts'

const SEED = 1
const EPOCHS = 1_000_000
/** Of an epoch of no fewer steps than a round has. */
const IMAGES = 8192

/** What is trained: a model, in rounds or not. */
interface Kind {
  readonly name: string
  readonly model: 'vae' | 'gan' | 'dcgan'
  readonly localSteps?: number
  readonly gradients?: 'bf16'
}
const KINDS: readonly Kind[] = [
  { name: 'vae', model: 'vae' }, { name: 'vae, bf16', model: 'vae', gradients: 'bf16' },
  { name: 'vae, rounds of 32', model: 'vae', localSteps: 32 },
  { name: 'gan', model: 'gan' }, { name: 'dcgan', model: 'dcgan' }, { name: 'dcgan, bf16', model: 'dcgan', gradients: 'bf16' },
]
const definitionOf = ({ model, localSteps }: Kind): ModelDefinition =>
  (localSteps === undefined ? models[model]() : inRounds(models[model](), { localSteps }))

/** Training that is taken a step at a time. */
type Steps = AsyncIterator<Progress, void>

/** The times of a step of each, in seconds, in turns. */
async function inTurnsOf(all: readonly Steps[], windows: number, clock: () => number): Promise<number[][]> {
  const step = async (steps: Steps, from: { step: number }): Promise<number> => {
    const began = clock()
    const { value } = await steps.next()
    const took = (clock() - began) / ((value as Progress).step - from.step)
    from.step = (value as Progress).step
    return took
  }
  const at = all.map(() => ({ step: 0 }))
  const times = all.map((): number[] => [])
  for (let window = -2; window < windows; window++) {
    progress(`step ${window + 2} of ${windows + 2}`)
    const order = [...all.keys()]
    for (const i of window % 2 ? order.reverse() : order) {
      const took = await step(all[i]!, at[i]!)
      // The first compile.
      if (window >= 0) times[i]!.push(took)
    }
  }
  progress('')
  return times
}
const processor = (): number => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6
const wall = (): number => performance.now() / 1000

interface Recipe { readonly batchSize: number, readonly microBatches: number }

/** A coordinator and a worker in this thread, as they are over a network, without one. */
async function besideOneWorker(kind: Kind, runtime: Runtime, data: ImageDataset, recipe: Recipe, digests: boolean) {
  const { gradients } = kind
  const make = async (): Promise<StepWork> => (
    createWork(await Model.create(runtime, definitionOf(kind), { seed: SEED }), data, { ...recipe, gradients }))
  const work = await make()
  const coordinator = new Coordinator(work, { run: 'bench', recipe: {}, ganglion: '', fresh: await work.model.digest() }, {
    leaseMs: 600_000, audit: 0, chance: () => 0.5, digests, pollMs: 600_000,
  })
  const shared = digests ? undefined : coordinator.share('worker')
  const request = (message: Uint8Array) => coordinator.handle(message)
  void serve({ request }, { name: 'worker', ganglion: '', make, shared })
  return { coordinator, work, steps: trainTogether(work, coordinator, { epochs: EPOCHS }) }
}

/** Which is not begun before it is asked. */
async function* lazily(model: Model, ...given: Parameters<Model['train']>): AsyncGenerator<Progress, void> {
  yield* model.train(...given)
}

async function overhead(kind: Kind, runtime: Runtime, data: ImageDataset, recipe: Recipe, windows: number) {
  const { gradients } = kind
  const model = async () => Model.create(runtime, definitionOf(kind), { seed: SEED })
  const work = createWork(await model(), data, { ...recipe, gradients })
  const alone = trainTogether(work, localCrew(work), { epochs: EPOCHS })
  const local = await besideOneWorker(kind, runtime, data, recipe, false)
  const checked = await besideOneWorker(kind, runtime, data, recipe, true)
  const { batchSize, microBatches: accumulate } = recipe
  const whole = kind.localSteps || gradients ? undefined
    : lazily(await model(), data, { batchSize, accumulate, epochs: EPOCHS })
  const [bare, ofLocal, ofChecked, ofWhole] = await inTurnsOf(
    [alone, local.steps, checked.steps, ...(whole ? [whole] : [])], windows, processor)
  const per = (times: readonly number[]) => times.map((x, i) => x / bare![i]!)
  const { messages, bytes } = checked.coordinator.traffic
  const steps = checked.work.model.session.counters('train')[0]!
  for (const { coordinator } of [local, checked]) coordinator.close()
  return {
    bare: bare!, local: per(ofLocal!), checked: per(ofChecked!), whole: ofWhole && per(ofWhole),
    messages: messages / steps, bytes: bytes / steps,
  }
}

/** Steps by threads of this process. */
async function byThreads(kind: Kind, runtime: Runtime, data: ImageDataset, recipe: Recipe, workers: number) {
  const { model, localSteps, gradients = 'f32' } = kind
  const work = createWork(await Model.create(runtime, definitionOf(kind), { seed: SEED }), data, { ...recipe, gradients })
  const rounds = localSteps === undefined ? undefined : { localSteps }
  const crew: RunningCrew = await startCrew(work, runtime, {
    workers, source: builtInModel(model), options: {}, rounds, seed: SEED, precision: 'deterministic', wide: false,
    gradients, ...recipe, lastStep: EPOCHS, onFault: () => {}, onStage: () => {},
  })
  return { crew, steps: trainTogether(work, crew, { epochs: EPOCHS }) }
}

/** The processor time of each thread of this process, in nanoseconds; of none, where the system does not say. */
function threadTimes(): Map<string, number> {
  const tasks = '/proc/self/task'
  try {
    return new Map(readdirSync(tasks).map((thread) => (
      [thread, Number(readFileSync(`${tasks}/${thread}/schedstat`, 'utf8').split(' ')[0])])))
  } catch {
    return new Map()
  }
}

/** Steps, and the processor time that each thread takes for them after the first two. */
function timed(steps: Steps): { steps: Steps, times: Map<string, number> } {
  const times = new Map<string, number>()
  let n = 0
  return {
    times,
    steps: {
      async next() {
        const before = threadTimes()
        const result = await steps.next()
        const after = n++ < 2 ? [] : threadTimes()
        for (const [thread, ns] of after) times.set(thread, (times.get(thread) ?? 0) + ns - (before.get(thread) ?? 0))
        return result
      },
    },
  }
}

/**
 * How many times as fast as one worker two are, at least, by the processor time of threads: all of it, over what the coordinator
 * and the slower worker take, as if one after the other. It supposes a core for each.
 */
function leastGain(times: ReadonlyMap<string, number>): number {
  const main = times.get(String(process.pid)) ?? NaN
  const others = [...times].filter(([thread]) => thread !== String(process.pid)).map(([, ns]) => ns)
  return (main + others.reduce((a, b) => a + b, 0)) / (main + Math.max(...others))
}

async function twoOverOne(kind: Kind, runtime: Runtime, data: ImageDataset, recipe: Recipe, windows: number) {
  const [one, two] = [await byThreads(kind, runtime, data, recipe, 1), await byThreads(kind, runtime, data, recipe, 2)]
  const shared = await runtimeWith(2)
  const loops = [await loopOn(runtime), await loopOn(shared)]
  const looping = loops.map((fn): Steps => {
    let step = 0
    return {
      next: () => {
        fn.run(1)
        return Promise.resolve({ value: { step: ++step } as Progress, done: false })
      },
    }
  })
  const byTwo = timed(two.steps)
  const times = await inTurnsOf([one.steps, looping[0]!, looping[1]!, byTwo.steps], windows, wall)
  await Promise.all([one.crew.close(), two.crew.close(), shared.close()])
  const [first, loop, both, second] = times as [number[], number[], number[], number[]]
  const ratio = first.map((x, i) => x / second[i]!)
  return { ratio, loops: loop.map((x, i) => (2 * x) / both[i]!), least: leastGain(byTwo.times) }
}

/** Networks: bytes a second each way, and seconds there and back. */
const NETWORKS: readonly (readonly [name: string, bytes: number, trip: number])[] = [
  ['10 Mbit/s, 50 ms', 1.25e6, 0.05], ['100 Mbit/s, 20 ms', 1.25e7, 0.02], ['1 Gbit/s, 1 ms', 1.25e8, 0.001],
  ['10 Gbit/s, 0.2 ms', 1.25e9, 0.0002],
]
/** Requests of a task, one after another: for it, for weights, with what it gave. */
const TRIPS = 3

/**
 * Times over one machine of n workers with a micro-batch each, all at one coordinator's line: a task's seconds, and what goes to
 * and fro for it, weights shared by a worker's micro-batches.
 */
const gain = (n: number, seconds: number, bytes: number, [, rate, trip]: typeof NETWORKS[number]): number =>
  (n * seconds) / (seconds + TRIPS * trip + (n * bytes) / rate)

export const swarm = command({
  summary: 'what a step costs by one worker over bare computing, what two gain, bytes, and where several machines pay',
  takes: '[overhead | gain …]',
  options: { 'batch-size': 64, 'micro-batches': 2, windows: 20 },
  async run({ 'batch-size': batchSize, 'micro-batches': microBatches, windows }, names) {
    const parts = names.length ? names : ['overhead', 'gain']
    const runtime = await createRuntime({ wide: false })
    const uniform = generator(5)
    const images = Uint8Array.from({ length: IMAGES * 784 }, () => 256 * uniform())
    const data = imageDataset({ images, shape: [28, 28, 1] })
    const recipe = { batchSize, microBatches }
    const facts = await about({})
    console.log(`${aboutLine(facts)}; ${microBatches} micro-batches of ${batchSize}, ${windows} windows\n`)
    const results: object[] = []
    const known = []
    if (parts.includes('overhead')) {
      console.log(heading([
        'model', 'ms a step, tasks here', 'one worker over that', 'with digests', 'Model.train over tasks', 'messages a step',
        'kB a step', 'bytes a sample',
      ]))
      for (const kind of KINDS) {
        const found = await overhead(kind, runtime, data, recipe, windows)
        const { bare, local, checked, whole, messages, bytes } = found
        console.log(row([
          kind.name, spread(bare.map((x) => 1000 * x)), spread(local, 3), spread(checked, 3), whole ? spread(whole, 3) : '',
          messages.toFixed(1), (bytes / 1000).toFixed(0), (bytes / (batchSize * microBatches)).toFixed(0),
        ]))
        known.push({ kind, seconds: median(bare) / microBatches, bytes: bytes / microBatches, steps: kind.localSteps ?? 1 })
        const [seconds, over, withDigests] = [bare, local, checked].map(figure)
        results.push({ kind: kind.name, seconds, over, withDigests, messages, bytes })
      }
      const head = ['model, 8 workers over one machine', ...NETWORKS.map(([name]) => name)]
      console.log(`\n${table(head, known.map(({ kind, seconds, bytes, steps }) => [
        kind.name, ...NETWORKS.map((network) => gain(8, seconds * steps, bytes * steps, network).toFixed(2)),
      ]))}\n`)
    }
    if (parts.includes('gain')) {
      await bundle('.', ['src/node/swarm_thread.ts'], 'build/bench/swarm_thread.js')
      console.log(heading(['model', 'two workers over one', 'loops in registers', 'of theirs, %', 'by processor time, at least']))
      for (const kind of KINDS.filter(({ name }) => ['vae', 'vae, rounds of 32', 'dcgan'].includes(name))) {
        const { ratio, loops, least } = await twoOverOne(kind, runtime, data, recipe, windows)
        const share = ratio.map((x, i) => (100 * x) / loops[i]!)
        console.log(row([kind.name, spread(ratio), spread(loops), spread(share, 0), least.toFixed(2)]))
        results.push({ kind: kind.name, ratio: figure(ratio), loops: figure(loops), least })
      }
    }
    return { ...facts, ...recipe, results }
  },
})
