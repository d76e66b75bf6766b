// `ganglion audit RUN`: does tasks of a run again that others did, and names the workers whose do not hold.
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { roundsOf } from '../../checkpoint/config.ts'
import { loadedOptions } from '../../checkpoint/options.ts'
import { restore, STATE } from '../../checkpoint/run.ts'
import { GanglionError } from '../../errors.ts'
import { loadConfig } from '../../node/config.ts'
import { augmentedModel, modelInRounds } from '../../node/model_source.ts'
import { MOST_BYTES, readRegular, readText } from '../../node/read.ts'
import { loadRun } from '../../node/run.ts'
import { stateFile, TASKS } from '../../node/run_files.ts'
import { createRuntime } from '../../runtime/create_runtime.ts'
import { auditStretch, drawStretches, type Fault, type Stretch } from '../../swarm/audit.ts'
import { TaskRecords } from '../../swarm/record.ts'
import { createWork, type StepWork } from '../../swarm/work.ts'
import { Model } from '../../train/model.ts'
import { countersOf } from '../../train/state.ts'
import type { Command } from '../command.ts'
import { columns } from '../command.ts'
import { classesOf } from '../data.ts'
import { type Signal, signalCode } from '../io.ts'
import { inMemory } from '../large_data.ts'
import { automaticWide, help, parse, wide } from '../options.ts'
import { resumedData, resumedModel } from '../resume.ts'
import type { KnownRun } from '../settings.ts'
import { DATA, folderOf, MAX_BYTES, MODEL, RUN } from './picture.ts'

function fraction(text: string): number {
  const x = /^\d*\.?\d+$/.test(text) ? Number(text) : NaN
  if (!(x > 0 && x <= 1)) throw new RangeError('a number above 0, at most 1')
  return x
}

const options = {
  share: {
    value: 'X', help: "the share of the run's steps that is done again, in whole stretches between kept states, drawn at random",
    read: fraction, initial: 1,
  },
  data: DATA,
  'max-bytes': MAX_BYTES,
  model: MODEL,
  wide: {
    value: 'HOW', help: "on, off or auto, where there are any: V8's 256-bit vectors; the same bits", initial: 'auto', read: wide,
  },
  json: { help: 'one JSON object instead of text' },
  ...help,
} as const

export const audit: Command = {
  name: 'audit',
  summary: 'Do tasks of a run by several machines again, and name the workers whose do not hold',
  usage: 'RUN [options]',
  notes: [
    RUN, 'It has tasks.jsonl where it was trained with --nats. The exit code is 1 where a task does not hold.',
    'After a task that does not hold, the steps up to the next kept state cannot be judged.',
  ],
  groups: [['Options', options]],
  examples: [['audit runs/vae', 'all of it'], ['audit runs/vae --share 0.1', 'a tenth, another one each time']],
  async run(args, io) {
    const { positionals, values } = parse(args, options)
    const folder = folderOf('audit', positionals)
    const { work, records, last, restart } = await open(folder, values)
    if (!records.size) {
      throw new GanglionError(`"${folder}" has no ${TASKS}: nobody worked for it; train with --nats URL to have tasks recorded`)
    }
    const stretches = drawStretches([0, ...records.statesUpTo(last)], last, values.share ?? 1, () => randomInt(2 ** 40) / 2 ** 40)
    let signal: Signal | undefined
    const endListening = io.onSignal((received) => { signal = received })
    const done: Stretch[] = []
    try {
      for (const { from, to } of stretches) {
        await restart(from)
        done.push(await auditStretch(work, records, to, async () => {
          await new Promise((turn) => { setImmediate(turn) })
          if (signal) throw new GanglionError('stopped; nothing was changed, audit again')
        }))
      }
    } catch (error) {
      if (!signal) throw error
      io.stderr.write(`ganglion: ${(error as Error).message}\n`)
      return signalCode[signal]
    } finally {
      endListening()
    }
    return report(done, last, values.json === true, io.stdout)
  },
}

interface Opened {
  readonly work: StepWork
  readonly records: TaskRecords
  /** The step that the run was saved at. */
  readonly last: number
  /** Brings the model to the state after a step. */
  restart(step: number): Promise<void>
}

interface Given {
  readonly data?: string
  readonly 'max-bytes'?: number
  readonly model?: string
  readonly wide?: boolean
}

async function open(folder: string, { data: given, 'max-bytes': maxBytes, model: module, wide: asked }: Given): Promise<Opened> {
  const config = await loadConfig(folder) as KnownRun
  const { model: { options: own }, data: saved, training } = config
  const { seed, batchSize, accumulate = 1 } = training
  if ((saved as KnownRun['data'] | undefined) === undefined || batchSize === undefined) {
    throw new GanglionError(`"${join(folder, 'config.json')}" does not say on what data or in what batches it was trained`)
  }
  const plain = augmentedModel(await resumedModel(folder, module), training.augment)
  const source = modelInRounds(plain, roundsOf(training))
  const runtime = await createRuntime({ wide: asked ?? automaticWide() })
  const { model: trained } = await loadRun(folder, { runtime, state: true, define: plain.define })
  const last = countersOf(trained.session).step
  const { data: found } = await resumedData(given ?? saved.source, { folder, config }, maxBytes, maxBytes ?? MOST_BYTES)
  const data = inMemory(found, 'the images', '--max-bytes')
  const definition = source.define({ imageShape: data.shape, classes: classesOf(data), options: loadedOptions(own) })
  const path = join(folder, TASKS)
  const text = await readText(path, Infinity).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return ''
    throw cause instanceof GanglionError ? cause : new GanglionError(`cannot read "${path}": ${cause.message}`, { cause })
  })
  const records = TaskRecords.of(text, path)
  const model = await Model.create(runtime, definition, { seed })
  const work = createWork(model, data, { batchSize, microBatches: accumulate, gradients: training.gradients })
  const fresh = model.state()
  return {
    work, records, last,
    async restart(step) {
      if (step === 0) return model.loadState(fresh)
      const file = join(folder, stateFile(step))
      const bytes = await readRegular(file).catch((cause: Error) => {
        throw new GanglionError(`cannot read "${file}": ${cause.message}; copy the run again`, { cause })
      })
      await restore(model, { bytes, digest: records.state(step)! }, true, (name) => (name === STATE ? file : path))
    },
  }
}

function report(done: readonly Stretch[], last: number, json: boolean, out: { write(text: string): unknown }): number {
  const faults = done.flatMap((stretch) => stretch.faults)
  const tasks = new Map<string, number>()
  for (const stretch of done) for (const [worker, n] of stretch.tasks) tasks.set(worker, (tasks.get(worker) ?? 0) + n)
  const steps = done.reduce((n, { from, to }) => n + to - from, 0)
  const unjudged = done.reduce((n, stretch) => n + stretch.unjudged, 0)
  const unrecorded = done.reduce((n, stretch) => n + stretch.unrecorded, 0)
  const others = done.filter(({ otherState }) => otherState).map(({ to }) => to)
  const of = (worker: string): readonly Fault[] => faults.filter((fault) => fault.worker === worker)
  const workers = [...tasks].sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([worker, n]) => ({ worker, tasks: n, faults: of(worker) }))
  const code = faults.length || others.length ? 1 : 0
  if (json) {
    out.write(`${JSON.stringify({ steps, of: last, unjudged, unrecorded, workers, otherStates: others })}\n`)
    return code
  }
  out.write(`${steps} of ${last} steps were done again\n`)
  const rows = workers.map(({ worker, tasks: n, faults: its }): [string, string] => {
    const [first] = its
    const where = first ? `, ${its.length} did not hold; the first: step ${first.step}, stage ${first.stage}, ` +
      `micro-batch ${first.microBatch}` : ''
    return [worker || '(the coordinator)', `${n} tasks${where}`]
  })
  out.write(`${columns(rows).join('\n')}\n`)
  if (unjudged) out.write(`${unjudged} steps cannot be judged: what came before them did not hold\n`)
  if (unrecorded) out.write(`${unrecorded} steps have no record in ${TASKS}: they were compared with nothing\n`)
  for (const step of others) out.write(`the state that was kept after step ${step} is another than its steps give\n`)
  out.write(code ? 'the run does not hold\n' : 'all tasks hold\n')
  return code
}
