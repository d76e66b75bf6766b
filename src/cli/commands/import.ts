// `ganglion import FILE --model KIND`: weights that PyTorch or Keras trained, as a run that training goes on with.
import { GanglionError } from '../../errors.ts'
import { importWeights } from '../../export/import.ts'
import { loadedOptions } from '../../checkpoint/options.ts'
import { decodeSafetensors } from '../../formats/safetensors.ts'
import { batchSizeWithin } from '../../models/batch_size.ts'
import { isModelName, modelNames } from '../../models/kinds.ts'
import { builtInModel, moduleModel, type ModelSource } from '../../node/model_source.ts'
import { readRegular } from '../../node/read.ts'
import { createRuntime } from '../../runtime/create_runtime.ts'
import { Model } from '../../train/model.ts'
import type { Command } from '../command.ts'
import { classesOf, trainingData } from '../data.ts'
import { flagsOf, optionsFrom } from '../model_options.ts'
import { help, integer, parse, path, seed, UsageError, type Values } from '../options.ts'
import { RunFolder } from '../run_folder.ts'
import { checkFolder, lockNewRun } from '../run_lock.ts'
import { configOf, type Decided } from '../settings.ts'
import { DEFAULTS, kinds } from '../train_options.ts'
import { DATA, MAX_BYTES } from './picture.ts'

const common = {
  model: { value: 'KIND', help: `${modelNames.join(', ')}, or the module of a model of your own`, read: path },
  data: { ...DATA, help: "what it is to be trained on, which says the images' shape", initial: 'mnist' },
  'max-bytes': MAX_BYTES,
  epochs: { value: 'N', help: 'how many times training is to go through the data', read: integer(1), initial: DEFAULTS.epochs },
  'batch-size': { value: 'N', help: 'images in a step', read: integer(1), initial: 'as "ganglion train" has it' },
  seed: { value: 'N', help: 'drives shuffling and noise', read: seed, initial: 1 },
  out: { value: 'DIR', help: 'the run folder', read: path, initial: 'runs/MODEL, or MODEL-2, …' },
  force: { help: 'replace the run in a folder that is not empty; other files stay' },
  ...help,
} as const

export const importRun: Command = {
  name: 'import',
  summary: 'Take weights that PyTorch or Keras trained, and make a run of them',
  usage: 'FILE --model KIND [options]',
  notes: [
    'FILE is safetensors with the weights of the same architecture, under the names of PyTorch or Keras.',
    'Training goes on with "ganglion train --resume" and the run folder.',
  ],
  groups: [['Options', common], ['Model', flagsOf(kinds)]],
  examples: [
    ['import vae.safetensors --model vae --latent 2', 'into runs/vae'],
    ['import ae.safetensors --model autoencoder --data fashion --out runs/fashion', 'to be trained on other data'],
  ],
  async run(args, io) {
    const { positionals: [file, more], values } = parse(args, { ...flagsOf(kinds), ...common })
    if (file === undefined) throw new UsageError('import expected a file of weights')
    if (more !== undefined) throw new UsageError(`import expected one file, got "${more}" too`)
    const { model: kind, data: name = 'mnist', out, force = false, epochs, ...given } = values as Values<typeof common>
    if (kind === undefined) throw new UsageError(`import expected --model and one of ${modelNames.join(', ')}`)
    const source: ModelSource = isModelName(kind) ? builtInModel(kind) : await moduleModel(kind)
    const options = optionsFrom(source, values, source.module ? [] : kinds)
    await checkFolder(out, force)
    const { tensors } = decodeSafetensors(await bytesOf(file), file)
    const data = await trainingData(name, undefined, given['max-bytes'])
    const definition = source.define({ imageShape: data.shape, classes: classesOf(data), options: loadedOptions(options) })
    const settings: Decided = {
      source, options, data: name, choice: {}, maxBytes: given['max-bytes'], epochs: epochs ?? source.epochs ?? DEFAULTS.epochs,
      batchSize: given['batch-size'] ?? batchSizeWithin(data.count, definition, source.batchSize),
      accumulate: 1, seed: given.seed ?? 1, threads: 1, precision: 'deterministic', wide: false, saveEvery: 30,
      out, force, quiet: true, json: false,
    }
    const model = await Model.create(await createRuntime(), definition, { seed: settings.seed })
    const { from, names } = importWeights(model, tensors, file)
    const fresh = await RunFolder.fresh(model)
    const lock = await lockNewRun(out, definition.kind, force)
    try {
      const { command: _, ...config } = await configOf(settings, definition, data, 1, lock.path)
      await RunFolder.start(lock, model, { config, shown: data, saveEvery: settings.saveEvery, fresh })
      io.stdout.write(`${lock.path}: ${names.size} weights of ${from === 'keras' ? 'Keras' : 'PyTorch'}; ` +
        `ganglion train --resume ${lock.path} goes on\n`)
    } finally {
      await lock.release()
    }
    return 0
  },
}

const bytesOf = (file: string): Promise<Uint8Array> => readRegular(file).catch((cause: NodeJS.ErrnoException) => {
  if (cause instanceof GanglionError) throw cause
  const why = cause.code === 'ENOENT' ? 'there is no such file' : cause.message
  throw new GanglionError(`cannot read "${file}": ${why}; give the path of a .safetensors file`, { cause })
})
