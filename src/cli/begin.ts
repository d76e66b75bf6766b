// A run's first steps, and who does its steps: this thread, or others by tasks.
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import type { RunningCrew } from '../node/crew.ts'
import type { Crew } from '../swarm/crew.ts'
import { localCrew } from '../swarm/local_crew.ts'
import { trainTogether } from '../swarm/train.ts'
import { createWork, type StepWork } from '../swarm/work.ts'
import { TrainingError } from '../train/fault.ts'
import { countersOf } from '../train/state.ts'
import type { Progress } from '../train/train.ts'
import { classesOf } from './data.ts'
import type { Io } from './io.ts'
import { stopsOf } from './logs.ts'
import { asksForTasks, type Prepared } from './prepare.ts'
import type { Settings } from './settings.ts'
import { TaskLog } from './task_log.ts'

export type Steps = AsyncGenerator<Progress, void, void>

/** A run's steps, of which the first have been done. */
export interface Begun {
  readonly steps: Steps
  readonly first: IteratorResult<Progress, void>
  /** Ends training after the running steps. */
  stop(): void
  /** Who did which task, where workers come by a nats-server. */
  readonly tasks?: TaskLog
  /** Who does the steps' tasks, where others do. */
  present(): readonly string[] | undefined
  /** Where the run is kept for other coordinators, and that it has ended. */
  readonly server: Pick<RunningCrew, 'keep' | 'over'>
  /** Ends the workers, where there are any. */
  end(): Promise<void>
  /** Since the first step began. */
  seconds(): number
}

/** Does the first steps. */
export async function begin(run: Prepared, settings: Settings, io: Io): Promise<Begun> {
  const { model, data, batchSize, epochs } = run
  const { accumulate, checkpointing } = settings
  const stop = new AbortController()
  const { signal } = stop
  const began = performance.now()
  const { gradients = 'f32' } = settings
  const inTasks = asksForTasks(settings)
  // prepare() has them in memory then.
  const work = inTasks ? createWork(model, data as ImageDataset, { batchSize, microBatches: accumulate, gradients }) : undefined
  const tasks = settings.nats === undefined ? undefined : new TaskLog(settings.keepStates ?? 0)
  const crew = work && await crewOf(work, run, settings, io, tasks)
  const steps = crew ? trainTogether(work, crew, { epochs, signal })
    : model.train(data, { epochs, batchSize, accumulate, checkpointing, signal, every: stopsOf(settings.logs ?? {}) })
  const end = async () => { await crew?.close?.() }
  const first = await steps.next().catch(async (error) => {
    await end()
    return advised(error)
  })
  const seconds = (): number => (performance.now() - began) / 1000
  const halt = (): void => {
    stop.abort()
    crew?.finish?.()
  }
  return { steps, first, tasks, end, stop: halt, present: () => crew?.present, server: crew ?? {}, seconds }
}

/** Who does the micro-batches of a step, where it is not this thread. */
async function crewOf(
  work: StepWork, run: Prepared, settings: Settings, io: Io, tasks: TaskLog | undefined,
): Promise<Crew & Partial<RunningCrew>> {
  if (!settings.workers && settings.nats === undefined) return localCrew(work)
  // eslint-disable-next-line no-restricted-syntax -- before the first step
  const { startCrew } = await import('../node/crew.ts')
  const { data, choice, runtime, epochs, options, batchSize } = run
  const { accumulate: microBatches, workers = 0, nats, source, rounds, augment } = settings
  const { seed, precision, wide, gradients = 'f32' } = settings
  const { step, position } = countersOf(work.model.session)
  const name = settings.run ?? source.kind
  if (nats && !settings.quiet) {
    io.stderr.write(`ganglion: the run "${name}" waits for workers: ganglion work --nats URL --run ${name}\n`)
  }
  return startCrew(work, runtime, {
    workers, source, options, augment, rounds, seed, precision, wide, batchSize, microBatches, gradients,
    classes: classesOf(data),
    lastStep: step + work.plan.steps(position) + (epochs - 1) * work.plan.steps(0),
    onFault: (worker, what) => void io.stderr.write(`ganglion: the worker "${worker}": ${what}\n`),
    onStage: (record) => tasks?.add(record),
    onUnkept: (why) => void io.stderr.write(`ganglion: the nats-server does not keep the run "${name}" (${why}); ` +
      'a coordinator that takes it over begins at an earlier step\n'),
    ...(nats && {
      nats: {
        url: nats, run: name, leaseMs: 1000 * (settings.lease ?? 0), hold: settings.hold,
        data: { source: settings.data, load: choice },
      },
    }),
  })
}

/** A fault's message with what to do about it in options of this command. */
export const advice = ({ message }: TrainingError): string => message
  .replace('se a lower learning rate', 'se a lower --learning-rate')
  .replace('Clip the gradients', 'Clip the gradients with --clip-norm')

function advised(error: unknown): never {
  throw error instanceof TrainingError ? new GanglionError(advice(error), { cause: error }) : error
}
