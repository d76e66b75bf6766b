// A training run from its settings to its exit code. What can be wrong with data, options and memory shows in the first
// steps, which run before anything is written or replaced. A run that goes on keeps its folder's lock all the time.
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import { defineFor } from '../node/models.ts'
import type { RunConfig } from '../node/config.ts'
import { loadRun } from '../node/run.ts'
import { createRuntime } from '../runtime/create_runtime.ts'
import { TrainingError } from '../train/fault.ts'
import { Model } from '../train/model.ts'
import { countersOf } from '../train/state.ts'
import type { Progress } from '../train/train.ts'
import { checkFolder, type Claim, claimed, claimFolder } from './claim.ts'
import { testData, trainingData } from './data.ts'
import { type Io, type Signal, signalCode } from './io.ts'
import { reporter, type Reporter } from './progress.ts'
import { linesUpTo, resumedData } from './resume.ts'
import { RunFolder } from './run_folder.ts'
import { configOf, type Settings } from './settings.ts'

interface Prepared {
  readonly data: ImageDataset
  readonly test?: ImageDataset
  readonly model: Model
  readonly config: RunConfig
  /** How long to train: all epochs of a new run. */
  readonly epochs: number
}

export async function runTraining(settings: Settings, io: Io): Promise<number> {
  const { resume } = settings
  await checkFolder(settings.out, settings.force)
  // Nobody else goes on with it meanwhile.
  const own = resume && await claimed(resume.folder)
  try {
    return await training(settings, own, io)
  } finally {
    await own?.release()
  }
}

async function training(settings: Settings, own: Claim | undefined, io: Io): Promise<number> {
  const { data, test, model, config, epochs } = await prepare(settings)
  const from = countersOf(model.session).step
  const open = await opener(settings, own, model, { config, data, test }, from)
  const stop = new AbortController()
  const steps = model.train(data, { epochs, batchSize: settings.batchSize, signal: stop.signal })
  const begun = performance.now()
  const seconds = () => (performance.now() - begun) / 1000
  const next = await steps.next().catch(advised)

  let signal: Signal | undefined
  const report = reporter(settings, io)
  const release = io.onSignal((received) => {
    signal = received
    stop.abort()
    report.stopping()
  })
  try {
    const folder = await open()
    const { path } = folder
    try {
      report.start({ out: path, images: data.count, parameters: parametersOf(model), ...(from && { from }), ...config })
      const left = ({ step, lastStep }: Progress) => (seconds() / (step - from)) * (lastStep - step)
      const { step, digest, ended } = await follow(steps, next, folder, report, left, io)
      report.close()
      report.done({ out: path, samples: folder.samples, step, digest, seconds: seconds(), stopped: ended ? null : signal! })
      if (!ended) io.stderr.write(`ganglion: stopped at step ${step}, kept in ${path}\n`)
      await folder.close()
      return ended ? 0 : signalCode[signal!]
    } catch (error) {
      const kept = await folder.close()
      if (kept === undefined || !(error instanceof GanglionError) || error.cause instanceof TrainingError) throw error
      throw new GanglionError(`${error.message} ("${path}" keeps the run as it was after step ${kept})`, { cause: error })
    }
  } finally {
    release()
    report.close()
  }
}

async function prepare(settings: Settings): Promise<Prepared> {
  const { kind, options, data: source, batchSize, resume } = settings
  const { data, limit } = resume ? await resumedData(source, resume)
    : { data: await trainingData(source, settings.limit), limit: settings.limit }
  const channels = data.shape[2]
  if (channels !== 1 && channels !== 3) {
    throw new GanglionError(`the images of "${source}" have ${channels} channels, expected 1 (grey) or 3 (RGB); ` +
      'write them with 1 or 3')
  }
  const definition = defineFor(data.shape, kind, options)
  if (batchSize > data.count) {
    throw new GanglionError(`--batch-size ${batchSize} is larger than the data (${data.count} images); ` +
      'use a smaller batch size or more images')
  }
  const test = definition.evaluate && (await testData(source))
  if (test && test.shape.join() !== data.shape.join()) {
    throw new GanglionError(`the test images of "${source}" are ${test.shape.join('x')}, ` +
      `and the training images ${data.shape.join('x')}; put images of one shape there`)
  }
  const runtime = await createRuntime({ threads: settings.threads, precision: settings.precision, wide: settings.wide })
  const model = resume ? (await loadRun(resume.folder, { runtime, state: true })).model
    : await Model.create(runtime, definition, { seed: settings.seed })
  const { epoch } = countersOf(model.session)
  if (epoch >= settings.epochs) {
    const had = `${epoch} epoch${epoch === 1 ? '' : 's'}`
    throw new GanglionError(`nothing is left to train: the run "${resume!.folder}" has had ${had}, ` +
      `and --epochs is ${settings.epochs}; give more`)
  }
  const config = await configOf({ ...settings, limit }, definition, data, runtime.threads)
  return { data, test, model, config, epochs: settings.epochs - epoch }
}

type Parts = Pick<Prepared, 'config' | 'data' | 'test'>

/** What opens the run's folder once the first steps went well. What they change is read before: figures, a picture. */
async function opener(settings: Settings, own: Claim | undefined, model: Model, parts: Parts, step: number) {
  if (own) {
    const lines = await linesUpTo(step, own.path)
    return () => RunFolder.resume(own, model, { ...parts, lines, step })
  }
  const first = RunFolder.picture(model)
  const { out, kind, force } = settings
  return async () => RunFolder.start(await claimFolder(out, kind, force), model, { ...parts, first })
}

type Steps = AsyncGenerator<Progress, void, void>

/** Goes through the steps, keeping every epoch, and saves at the end, also at one that a signal or a fault brought. */
async function follow(
  steps: Steps, first: IteratorResult<Progress, void>, folder: RunFolder, report: Reporter,
  left: (now: Progress) => number, io: Io,
) {
  let last: Progress | undefined
  let fault: TrainingError | undefined
  try {
    for (let next = first; !next.done; next = await steps.next()) {
      last = next.value
      io.checkOutput()
      report.progress(last, left(last))
      if (last.epochDone) report.epoch(await folder.epoch(last), last)
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
  .replace('Use a lower learning rate, clip the gradients', 'Use a lower --learning-rate, clip the gradients with --clip-norm')

function advised(error: unknown): never {
  throw error instanceof TrainingError ? new GanglionError(advice(error), { cause: error }) : error
}

const parametersOf = ({ session }: Model): number =>
  session.variables.filter((v) => v.attrs.role === 'parameter').reduce((n, v) => n + v.size, 0)
