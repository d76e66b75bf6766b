// A training run from its settings to its exit code: prepare (prepare.ts), the first steps (begin.ts), the run's folder
// (run_folder.ts), the other steps, the end. Invariant: what can be wrong with data, options and memory shows in the first steps,
// before anything is written or replaced.
import { basename, join, resolve } from 'node:path'
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import { FolderLost } from '../node/lock.ts'
import { BEST, SAMPLES } from '../node/run_files.ts'
import type { OpenedDataset } from '../node/open_dataset.ts'
import { firstImages, spreadImages } from '../node/rows_in_order.ts'
import { TrainingError } from '../train/fault.ts'
import type { Progress } from '../train/train.ts'
import { advice, type Begun, begin, type Steps } from './begin.ts'
import { parametersAmong } from './cost.ts'
import { dryRun } from './dry_run.ts'
import { type Io, type Signal, signalCode } from './io.ts'
import { type Prepared, prepare } from './prepare.ts'
import { type Reporter, reporter, type Result } from './progress.ts'
import { linesUpTo } from './resume.ts'
import { type Fresh, RunFolder } from './run_folder.ts'
import { checkFolder, lockNewRun, lockRun, type RunLock } from './run_lock.ts'
import { MOST_PAIRS } from './run_pictures.ts'
import type { Settings } from './settings.ts'
import { mostShown } from './watch/codes.ts'
import { serveRuns } from './watch/server.ts'
import { type BestEpoch, bestEpochOf } from './best_epoch.ts'

export async function runTraining(settings: Settings, io: Io): Promise<number> {
  const { resume, out, force } = settings
  if (!settings.dryRun) await checkFolder(out, force)
  // A run that goes on is locked before it is read. A new one gets its folder when its first steps went well.
  let lock = resume && !settings.dryRun ? await lockRun(resume.folder) : undefined
  try {
    const run = await prepare(settings, io)
    const { model, from } = run
    if (run.room) {
      await dryRun({ ...settings, ...run, room: run.room, parameters: parametersAmong(model.session.variables) }, io)
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
      const images = { images: data.count, ...(test && { testImages: test.count }) }
      const parameters = parametersAmong(model.session.variables)
      report.start({ out: path, ...images, parameters, ...(from && { from }), ...config })
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
