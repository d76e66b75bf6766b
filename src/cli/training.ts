// A training run from its settings to its exit code: prepare, the first steps, the run's folder, the other steps, the end.
// What can be wrong with data, options and memory shows in the first steps, before anything is written or replaced.
import { basename, join, resolve } from 'node:path'
import type { RunConfig } from '../checkpoint/config.ts'
import { loadedOptions } from '../checkpoint/options.ts'
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import { FolderLost } from '../node/lock.ts'
import { augmentedModel, modelInRounds } from '../node/model_source.ts'
import { loadRun } from '../node/run.ts'
import { BEST, SAMPLES } from '../node/run_files.ts'
import type { RunningCrew } from '../node/crew.ts'
import type { OpenedDataset } from '../node/open_dataset.ts'
import { firstImages, spreadImages } from '../node/rows_in_order.ts'
import { createRuntime, type Runtime } from '../runtime/create_runtime.ts'
import type { Crew } from '../swarm/crew.ts'
import { localCrew } from '../swarm/local_crew.ts'
import { trainTogether } from '../swarm/train.ts'
import { createWork, type StepWork } from '../swarm/work.ts'
import { TrainingError } from '../train/fault.ts'
import { Model } from '../train/model.ts'
import { countersOf } from '../train/state.ts'
import type { Progress } from '../train/train.ts'
import { classesOf, type DataChoice, testData, trainingSet } from './data.ts'
import { dryRun, type Room, roomOf } from './dry_run.ts'
import { type Io, type Signal, signalCode } from './io.ts'
import { inMemory, sayLarge } from './large_data.ts'
import { stopsOf } from './logs.ts'
import { type Reporter, reporter, type Result } from './progress.ts'
import { linesUpTo, resumedData } from './resume.ts'
import { type Fresh, MOST_PAIRS, RunFolder } from './run_folder.ts'
import { checkFolder, lockNewRun, lockRun, type RunLock } from './run_lock.ts'
import { sayData } from './say_data.ts'
import { scheduledOptions } from './schedule.ts'
import { configOf, type Settings } from './settings.ts'
import { TaskLog } from './task_log.ts'
import { mostShown } from './watch/codes.ts'
import { serveRuns } from './watch/server.ts'
import { type BestEpoch, bestEpochOf } from './best_epoch.ts'

interface Prepared {
  readonly data: ImageDataset | OpenedDataset
  readonly test?: ImageDataset
  readonly model: Model
  readonly runtime: Runtime
  readonly options: Settings['options']
  /** Of a dry run: what training would hold in memory. */
  readonly room?: Room
  readonly choice: DataChoice
  /** The step that the run goes on from; 0 of a new run. */
  readonly from: number
  /** How many epochs are left. */
  readonly epochs: number
  /** The config, once the run's folder is known. */
  config(folder: string): Promise<RunConfig>
}

/** A run that goes on has had all its epochs. */
export class NothingLeft extends GanglionError {}

type Steps = AsyncGenerator<Progress, void, void>

/** A run's steps, of which the first have been done. */
interface Begun {
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

export async function runTraining(settings: Settings, io: Io): Promise<number> {
  const { resume, out, force } = settings
  if (!settings.dryRun) await checkFolder(out, force)
  // A run that goes on is locked before it is read. A new one gets its folder when its first steps went well.
  let lock = resume && !settings.dryRun ? await lockRun(resume.folder) : undefined
  try {
    const run = await prepare(settings, io)
    const { model, from } = run
    if (run.room) {
      await dryRun({ ...settings, ...run, room: run.room, parameters: parametersOf(model) }, io)
      return 0
    }
    // What the first steps change is read before them.
    const before = resume ? { lines: await linesUpTo(from, resume.folder), step: from, digest: await model.digest() }
      : { fresh: await RunFolder.fresh(model) }
    const bestEpoch = bestEpochOf(model, run.test, settings.bestOptions, 'fresh' in before ? [] : before.lines)
    if (bestEpoch?.ends) return endedBefore(run, bestEpoch, settings, io)
    const begun = await begin(run, settings, io)
    try {
      lock ??= await lockNewRun(out, model.definition.kind, force)
      return await goOn(run, begun, lock, before, bestEpoch, settings, io)
    } finally {
      await begun.end()
    }
  } finally {
    await lock?.release()
  }
}

async function prepare(settings: Settings, io: Io): Promise<Prepared> {
  const { source, data: name, maxBytes, memory, batchSize, accumulate, resume } = settings
  const { data, choice } = resume ? await resumedData(name, resume, maxBytes, memory)
    : {
        data: settings.loaded ?? await trainingSet(name, { ...settings.choice, seed: settings.seed }, maxBytes, memory),
        choice: settings.choice,
      }
  if (asksForTasks(settings)) inMemory(data, 'with --workers, --nats, --local-steps or --gradients the images')
  if ('stream' in data) sayLarge(data, io, settings.quiet)
  else sayData(data, io, settings.quiet)
  const channels = data.shape[2]
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new GanglionError(`the images of "${name}" have ${channels} channels, expected 1 (grey), 3 (RGB) or 4 (RGBA); ` +
      'write them so')
  }
  const changed = augmentedModel(source, settings.augment)
  const { define } = modelInRounds(changed, settings.rounds)
  const made = (all: Settings['options']) => (
    define({ imageShape: data.shape, classes: classesOf(data), options: loadedOptions(all) }))
  const options = scheduledOptions(settings, made(settings.options), data)
  const definition = made(options)
  if (batchSize * accumulate > data.count) {
    const times = accumulate > 1 ? ` with --accumulate ${accumulate}` : ''
    throw new GanglionError(`--batch-size ${batchSize}${times} is larger than the data (${data.count} images); ` +
      'use a smaller batch size or more images')
  }
  const test = definition.evaluate && (await testData(name, { ...choice, seed: settings.seed }, data, maxBytes, memory))
  if (test && test.shape.join() !== data.shape.join()) {
    throw new GanglionError(`the test images of "${name}" are ${test.shape.join('x')}, ` +
      `and the training images ${data.shape.join('x')}; put images of one shape there`)
  }
  const runtime = await createRuntime({ threads: settings.threads, precision: settings.precision, wide: settings.wide })
  const room = settings.dryRun ? await roomOf(definition, { ...settings, data }, runtime.threads) : undefined
  const model = resume ? (await loadRun(resume.folder, { runtime, state: true, define: changed.define })).model
    : await Model.create(runtime, definition, { seed: settings.seed })
  const { step: from, epoch } = countersOf(model.session)
  if (epoch >= settings.epochs) {
    const had = `${epoch} epoch${epoch === 1 ? '' : 's'}`
    throw new NothingLeft(`nothing is left to train: the run "${resume!.folder}" has had ${had}, ` +
      `and --epochs is ${settings.epochs}; give more`)
  }
  const config = (folder: string) => configOf({ ...settings, choice }, definition, data, runtime.threads, folder)
  return { data, test, model, runtime, options, room, choice, from, epochs: settings.epochs - epoch, config }
}

/** Whether steps are done as tasks, here or by others. */
const asksForTasks = ({ workers, nats, rounds, gradients = 'f32' }: Settings): boolean =>
  !!workers || nats !== undefined || !!rounds || gradients !== 'f32'

async function begin(run: Prepared, settings: Settings, io: Io): Promise<Begun> {
  const { model, data, epochs } = run
  const { batchSize, accumulate, checkpointing } = settings
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
  const { data, choice, runtime, epochs, options } = run
  const { accumulate: microBatches, batchSize, workers = 0, nats, source, rounds, augment } = settings
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

/** Says of a run that has ended early what it said then. */
async function endedBefore({ model, from }: Prepared, bestEpoch: BestEpoch, settings: Settings, io: Io): Promise<number> {
  const { folder } = settings.resume!
  const report = reporter(settings, io)
  const [samples, digest] = [join(folder, SAMPLES), await model.digest()]
  report.done({ out: folder, samples, step: from, digest, seconds: 0, best: bestIn(folder, bestEpoch), stopped: EARLY })
  io.stderr.write(`ganglion: the run "${folder}" has ended early; give a larger --early-stopping to go on\n`)
  return 0
}

const EARLY = 'early-stopping'

const bestIn = (folder: string, bestEpoch: BestEpoch | undefined): Result['best'] =>
  bestEpoch?.best && { ...bestEpoch.best, ...(bestEpoch.keepsBest && { out: join(folder, BEST) }) }

type Before = { readonly lines: readonly string[], readonly step: number, readonly digest: string } | { readonly fresh: Fresh }

/** Trains to the end, or to a signal, and keeps the run in its folder; the exit code. */
async function goOn(
  run: Prepared, { steps, first, tasks, stop, present, server, seconds }: Begun, lock: RunLock, before: Before,
  bestEpoch: BestEpoch | undefined, settings: Settings, io: Io,
): Promise<number> {
  const { model, data, test, from } = run
  const { path } = lock
  let signal: Signal | undefined
  const report = reporter(settings, io)
  const endListening = io.onSignal((received) => {
    signal = received
    stop()
    report.stopping()
  })
  let page: Awaited<ReturnType<typeof watched>>
  try {
    page = await watched(path, test ?? data, settings, io)
    const config = await run.config(path)
    const shown = test ?? ('stream' in data ? await firstImages(data, Math.min(data.count, MOST_PAIRS)) : data)
    const best = bestEpoch?.keepsBest ? await run.config(join(path, BEST)) : undefined
    const { saveEvery, logs } = settings
    const parts = { config, shown, test, saveEvery, logs, tasks, onSaved: server.keep, bestEpoch, best }
    const folder = 'fresh' in before ? await RunFolder.start(lock, model, { ...parts, ...before })
      : await RunFolder.resume(lock, model, { ...parts, ...before })
    try {
      report.start({ out: path, images: data.count, parameters: parametersOf(model), ...(from && { from }), ...config })
      const left = ({ step, lastStep }: Progress) => (seconds() / (step - from)) * (lastStep - step)
      const tell = (now: Progress) => report.progress(now, left(now), present())
      const { step, digest, ended } = await follow(steps, first, folder, bestEpoch, { ...report, progress: tell }, io)
      report.close()
      const stopped = ended ? null : signal ?? EARLY
      if (ended || !signal) await server.over?.()
      const kept = bestIn(path, bestEpoch)
      report.done({ out: path, samples: folder.samples, step, digest, seconds: seconds(), best: kept, stopped })
      if (stopped === EARLY) io.stderr.write(`ganglion: stopped early at step ${step}, kept in ${path}\n`)
      else if (!ended) io.stderr.write(`ganglion: stopped at step ${step}, kept in ${path}\n`)
      return signal && !ended ? signalCode[signal] : 0
    } catch (error) {
      const step = await folder.tidy()
      const diverged = error instanceof GanglionError && error.cause instanceof TrainingError
      // Elsewhere it would come to the same.
      if (diverged) await server.over?.()
      if (step === undefined || diverged || error instanceof FolderLost || !(error instanceof GanglionError)) throw error
      throw new GanglionError(`${error.message} ("${path}" keeps the run as it was after step ${step})`, { cause: error })
    }
  } finally {
    endListening()
    report.close()
    await page?.close()
  }
}

/** Shows the run in a page, where that is wanted. A port that is taken is said before anything is written. */
async function watched(path: string, data: ImageDataset | OpenedDataset, { watchPort }: Settings, io: Io) {
  if (watchPort === undefined) return undefined
  const images = 'stream' in data ? await spreadImages(data, mostShown(data.shape)) : data
  const found = [{ name: basename(resolve(path)), path: resolve(path) }]
  const page = await serveRuns(found, () => Promise.resolve([]), watchPort, images)
  io.stderr.write(`ganglion: the run is shown at ${page.address} to browsers on this machine\n`)
  return page
}

/** Goes through the steps, keeping every epoch, and saves at the end, also at one that a signal or a fault brought. */
async function follow(
  steps: Steps, first: IteratorResult<Progress, void>, folder: RunFolder, bestEpoch: BestEpoch | undefined,
  report: Pick<Reporter, 'epoch'> & { progress(now: Progress): void }, io: Io,
) {
  let last: Progress | undefined
  let fault: TrainingError | undefined
  try {
    for (let next = first; !next.done; next = await steps.next()) {
      const undone = last !== undefined && next.value.step <= last.step
      last = next.value
      io.checkOutput()
      report.progress(last)
      if (last.epochDone) {
        report.epoch(await folder.epoch(last), last)
        if (!bestEpoch?.ends) continue
        await steps.return()
        break
      }
      if (undone) await folder.undone(last)
      else await folder.progress(last)
    }
  } catch (error) {
    if (!(error instanceof TrainingError)) throw error
    fault = error
  }
  if (!fault && last && !last.epochDone) report.epoch(await folder.epoch(last), last)
  const digest = await folder.save()
  if (fault) throw new GanglionError(`${advice(fault)} (kept in ${folder.path})`, { cause: fault })
  return { step: last!.step, digest, ended: last!.step === last!.lastStep }
}

/** A fault's message with what to do about it in options of this command. */
const advice = ({ message }: TrainingError): string => message
  .replace('se a lower learning rate', 'se a lower --learning-rate')
  .replace('Clip the gradients', 'Clip the gradients with --clip-norm')

function advised(error: unknown): never {
  throw error instanceof TrainingError ? new GanglionError(advice(error), { cause: error }) : error
}

const parametersOf = ({ session }: Model): number =>
  session.variables.filter((v) => v.attrs.role === 'parameter').reduce((n, v) => n + v.size, 0)
