// Ourselves: the definitions as they ship, on a dataset in the core's memory. Arguments: `relaxed`, `wide`, both or none.
import { rewrite } from '../../../src/graph/walk.ts'
import { input } from '../../../src/graph/leaves.ts'
import type { Stage } from '../../../src/models/definition.ts'
import { createRuntime } from '../../../src/entries/index.ts'
import { batch as batchOf, dataset } from '../../../src/ops/batch.ts'
import { zeros } from '../../../src/ops/fill.ts'
import type { CompiledFunction } from '../../../src/runtime/function.ts'
import type { Session } from '../../../src/runtime/session.ts'
import { version } from '../../../src/version.generated.ts'
import { variableName } from '../../../test/golden/layers.ts'
import { definitionOf, stagesOf } from '../models.ts'
import type { Contestant, Init } from '../protocol.ts'
import { args, readFile } from './platform.ts'
import { noiseReader, readWeights, serve } from './serve.ts'

const precision = args.includes('relaxed') ? 'relaxed' : 'deterministic'
const wide = args.includes('wide')

/** A session on what is asked for; the threads' file is bundled beside this one. */
async function sessionWith(threads: number): Promise<Session> {
  const worker = new URL('./thread.mjs', import.meta.url)
  const runtime = await createRuntime({ threads, precision, wide, worker })
  if (runtime.threads !== threads) throw new Error(runtime.threadsReason)
  return runtime.session(1)
}

/** Inputs `noise0`, `noise1` … in place of the random tensors, in the order of the stages; 0 for those of all samples together. */
function feedNoise(stages: readonly Stage[]): Stage[] {
  const rootsOf = ({ metrics = {}, updates = [] }: Stage) => [...Object.values(metrics), ...updates]
  let inputs = 0
  const made = rewrite(stages.flatMap(rootsOf), (node) =>
    !/^random/.test(node.op.name) ? node : node.shape.length > 1 ? input(`noise${inputs++}`, node.shape) : zeros(node.shape))
  return stages.map(({ metrics = {}, updates = [] }) => ({
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, t]) => [name, made.get(t)!])),
    updates: updates.map((u) => made.get(u)!),
  }))
}

async function load(): Promise<Contestant> {
  let fn: CompiledFunction
  let figures: readonly string[]
  let noise: ReturnType<typeof noiseReader>
  let step = 0

  return {
    versions: { ganglion: version, precision, wide: String(wide) },
    async init(init: Init) {
      const definition = definitionOf(init.model)
      const session = await sessionWith(init.threads)
      const pool = dataset(readFile(init.imagesFile), [init.images, ...definition.imageShape])
      const images = batchOf(pool, init.batch, { shuffle: false, dropRemainder: true, scale: 1 / 127.5, offset: -1 })
      const drawn = stagesOf(definition, images)
      const stages = init.fed ? feedNoise(drawn) : drawn
      fn = session.compile({ group: 'train', stages })
      figures = stages.flatMap(({ metrics = {} }) => Object.keys(metrics).filter((name, i) => !i || name === 'prior'))
      const variables = new Map(session.variables.map((v) => [v.attrs.name, v]))
      for (const [name, { values }] of readWeights(init)) {
        session.values(variables.get(init.kind ? variableName(init.kind, name) : name)!).set(values)
      }
      noise = noiseReader(init)
      step = 0
    },
    steps(n) {
      const fed = noise(step)
      if (fed) {
        if (n !== 1) throw new RangeError('noise is fed one step at a time')
        fed.forEach((values, i) => fn.feed(`noise${i}`, values))
      }
      fn.clearMetrics()
      if (fn.run(n) !== n) throw new Error('a loss is not finite')
      step += n
      const means = fn.metrics()
      return figures.map((name) => means[name]!.sum / means[name]!.count)
    },
  }
}

await serve(load)
