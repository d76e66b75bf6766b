// config.json of a run folder: everything needed to repeat the run, and to make its model again.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GanglionError } from '../errors.ts'
import { writeFileAtomic } from './files.ts'
import { isModelKind, type ImageShape, type ModelKind, modelKinds, type ModelOptions, models } from './models.ts'

/** The format of the run folder that this version writes and reads. */
export const RUN_FORMAT = 1

/** config.json: everything needed to repeat the run. */
export interface RunConfig {
  readonly format: typeof RUN_FORMAT
  /** The command that repeats it, with every option spelled out. */
  readonly command?: string
  readonly model: { readonly kind: ModelKind, readonly options: ModelOptions, readonly imageShape: ImageShape }
  readonly data?: {
    /** What `loadDataset` takes; paths are absolute. */
    readonly source: string
    /** How many samples trained the model, from the first on, and the SHA-256 of their bytes. */
    readonly count: number
    readonly sha256: string
  }
  readonly training: { readonly seed: number, readonly epochs?: number, readonly batchSize?: number }
  readonly software: { readonly ganglion: string, readonly core: string, readonly node: string }
}

/**
 * Writes config.json, readable.
 * @throws GanglionError when it cannot be written
 */
export function saveConfig(folder: string, config: RunConfig): Promise<void> {
  return writeFileAtomic(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`)
}

/**
 * Reads and checks config.json.
 * @throws GanglionError when there is none, or it is not what a run writes
 */
export async function loadConfig(folder: string): Promise<RunConfig> {
  const path = join(folder, 'config.json')
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' || cause.code === 'ENOTDIR' ? 'it holds no config.json' : cause.message
    throw new GanglionError(`"${folder}" is not a run folder: ${why}; give a folder that "ganglion train" wrote`, { cause })
  })
  const damaged = (what: string, cause?: unknown): GanglionError =>
    new GanglionError(`"${path}" is damaged: ${what}; train again, or mend it by hand`, { cause })
  let config: Partial<RunConfig> | null
  try {
    config = JSON.parse(text)
  } catch (cause) {
    throw damaged('it is not JSON', cause)
  }
  const format: unknown = config?.format
  if (typeof format === 'number' && format > RUN_FORMAT) {
    throw new GanglionError(`"${path}" has the format ${format}, ` +
      `and this version of Ganglion reads ${RUN_FORMAT}; update Ganglion`)
  }
  if (format !== RUN_FORMAT) throw damaged(`format expected ${RUN_FORMAT}, found ${JSON.stringify(format)}`)
  const { kind, options, imageShape } = config?.model ?? {}
  if (!isModelKind(kind)) throw damaged(`model.kind expected ${modelKinds.join(', ')}, found ${JSON.stringify(kind)}`)
  if (!Array.isArray(imageShape) || imageShape.length !== 3 || !imageShape.every((n) => Number.isInteger(n) && n > 0)) {
    throw damaged(`model.imageShape expected three sizes, found ${JSON.stringify(imageShape)}`)
  }
  for (const [name, value] of Object.entries(models[kind].define({}).options)) {
    const found = options?.[name]
    const fits = typeof found === typeof value && (typeof found !== 'number' || found > 0 || name === 'beta1')
    if (fits) continue
    const like = `a ${typeof value} like ${JSON.stringify(value)}`
    throw damaged(`model.options.${name} expected ${like}, found ${JSON.stringify(found)}`)
  }
  const seed = config?.training?.seed
  if (!Number.isSafeInteger(seed) || seed! < 0) {
    throw damaged(`training.seed expected an integer from 0 to 2^53 - 1, found ${JSON.stringify(seed)}`)
  }
  return config as RunConfig
}
