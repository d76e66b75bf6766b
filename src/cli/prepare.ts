// A run before its first step: its images, model, runtime and config, from the settings. What does not fit together is refused
// here; nothing is written.
import type { RunConfig } from '../checkpoint/config.ts'
import { loadedOptions } from '../checkpoint/options.ts'
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import { batchSizeWithin } from '../models/batch_size.ts'
import type { ModelDefinition } from '../models/definition.ts'
import { augmentedModel, modelInRounds } from '../node/model_source.ts'
import type { OpenedDataset } from '../node/open_dataset.ts'
import { loadRun } from '../node/run.ts'
import { createRuntime, type Runtime } from '../runtime/create_runtime.ts'
import { Model } from '../train/model.ts'
import { countersOf } from '../train/state.ts'
import { classesOf, type DataChoice, testData, trainingSet } from './data.ts'
import { type Room, roomOf } from './dry_run.ts'
import type { Io } from './io.ts'
import { inMemory, sayLarge } from './large_data.ts'
import { resumedData } from './resume.ts'
import { sayData } from './say_data.ts'
import { scheduledOptions } from './schedule.ts'
import { configOf, type Settings } from './settings.ts'
import { leanerModel } from './suggest.ts'

export interface Prepared {
  readonly data: ImageDataset | OpenedDataset
  readonly test?: ImageDataset
  readonly model: Model
  readonly runtime: Runtime
  readonly options: Settings['options']
  readonly batchSize: number
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

/** Whether steps are done as tasks, here or by others. */
export const asksForTasks = ({ workers, nats, rounds, gradients = 'f32' }: Settings): boolean =>
  !!workers || nats !== undefined || !!rounds || gradients !== 'f32'

export async function prepare(settings: Settings, io: Io): Promise<Prepared> {
  const { source, data: name, maxBytes, memory, accumulate, resume } = settings
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
  const plain = made(settings.options)
  const { batchSize = batchSizeWithin(data.count, plain, source.batchSize, accumulate) } = settings
  const options = scheduledOptions({ ...settings, batchSize }, plain, data)
  const definition = made(options)
  if (!resume && !settings.quiet) sayLeaner(definition, io)
  const { kind, batchesPerStep = 1 } = definition
  if (batchSize * accumulate * batchesPerStep > data.count) {
    const times = accumulate > 1 ? ` with --accumulate ${accumulate}` : ''
    const batches = batchesPerStep > 1 ? `, ${batchesPerStep} batches in a step of ${kind},` : ''
    throw new GanglionError(`--batch-size ${batchSize}${times}${batches} is larger than the data (${data.count} images); ` +
      'use a smaller batch size or more images')
  }
  const test = definition.evaluate && (await testData(name, { ...choice, seed: settings.seed }, data, maxBytes, memory))
  if (test && test.shape.join() !== data.shape.join()) {
    throw new GanglionError(`the test images of "${name}" are ${test.shape.join('x')}, ` +
      `and the training images ${data.shape.join('x')}; put images of one shape there`)
  }
  const runtime = await createRuntime({ threads: settings.threads, precision: settings.precision, wide: settings.wide })
  const room = settings.dryRun ? await roomOf(definition, { ...settings, batchSize, data }, runtime.threads) : undefined
  const model = resume ? (await loadRun(resume.folder, { runtime, state: true, define: changed.define })).model
    : await Model.create(runtime, definition, { seed: settings.seed })
  const { step: from, epoch } = countersOf(model.session)
  if (epoch >= settings.epochs) {
    const had = `${epoch} epoch${epoch === 1 ? '' : 's'}`
    throw new NothingLeft(`nothing is left to train: the run "${resume!.folder}" has had ${had}, ` +
      `and --epochs is ${settings.epochs}; give more`)
  }
  const config = (folder: string) => configOf({ ...settings, batchSize, choice }, definition, data, runtime.threads, folder)
  return { data, test, model, runtime, options, batchSize, room, choice, from, epochs: settings.epochs - epoch, config }
}

function sayLeaner(definition: ModelDefinition, { stderr }: Io): void {
  const leaner = leanerModel(definition)
  if (!leaner) return
  const { kind, imageShape } = definition
  stderr.write(`ganglion: of images of ${imageShape.join('x')}, ${kind}, which is dense, has ${leaner.before} parameters; ` +
    `${leaner.kind}, which is convolutional, has ${leaner.parameters}\n`)
}
